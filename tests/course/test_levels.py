"""The levels derived from the master: each rule, each error, and the real ones."""

import argparse
import subprocess
import sys
from textwrap import dedent

import pytest

from tools.catalogue import (
    MASTER,
    ROOT,
    Catalogue,
    Fate,
    Group,
    Step,
    load_catalogue,
    load_levels,
)
from tools.levels import command
from tools.levels.derive import derive
from tools.levels.fates import (
    fates_of_level,
    fates_of_solution,
    fates_of_start,
    fates_without,
)
from tools.levels.markers import check
from tools.levels.reading import SourceError

VARIANTS = ROOT / "variants"
FILE = "servidor.py"
KINDS = {"C": "core", "E": "error", "L": "log", "N": "noms", "M": "consola"}


def catalogue_of(*steps):
    """A catalogue of these steps: an id, or an id and its sentence."""
    steps = [
        step if isinstance(step, tuple) else (step, "Fa una cosa.") for step in steps
    ]
    groups = {
        letter: Group(letter, FILE, "pagina", {"ca": letter, "en": letter})
        for letter in KINDS
    }
    return Catalogue(
        groups,
        {
            name: Step(
                id=name,
                group=name[0],
                kind=KINDS[name[0]],
                points=1,
                needs=(),
                sentence={"ca": sentence, "en": sentence},
                why={},
                hints={},
            )
            for name, sentence in steps
        },
        (),
    )


ANY = catalogue_of(*(f"{letter}{number}" for letter in KINDS for number in range(1, 7)))


def derived(text, fates=""):
    """The text with these fates ("C1 comment, E absent"); other steps are solved."""
    chosen = dict.fromkeys(ANY.steps, Fate.SOLVED)
    for name, fate in (item.split() for item in fates.split(",") if item):
        chosen |= {step: Fate(fate) for step in chosen if step.startswith(name)}
    return derive({FILE: dedent(text)}, ANY, chosen)[FILE]


# Each case: what it shows, the master, the fates, what is derived.
CASES = [
    (
        "a paragraph ends at a blank line",
        """
        # C1. U.
        a = 1
        b = 2

        c = 3
        """,
        "C1 absent",
        """
        c = 3
        """,
    ),
    (
        "a paragraph ends at the next step",
        """
        # C1. U.
        a = 1
        # C2. Dos.
        b = 2
        """,
        "C1 absent",
        """
        # C2. Dos.
        b = 2
        """,
    ),
    (
        "a paragraph ends with its block",
        """
        for x in range(9):
            a = x
            # C1. U.
            b = x
        c = 3
        """,
        "C1 absent",
        """
        for x in range(9):
            a = x
        c = 3
        """,
    ),
    (
        "a comment keeps its place",
        """
        a = 1

        # C1. U.
        b = 2

        c = 3
        """,
        "C1 comment",
        """
        a = 1

        # C1. U.

        c = 3
        """,
    ),
    (
        "a sentence goes on below",
        """
        # C1. Una frase que
        # continua.
        a = 1
        """,
        "C1 comment",
        """
        # C1. Una frase que
        # continua.
        """,
    ),
    (
        "a sentence that goes on goes whole",
        """
        # C1. Una frase que
        # continua.
        a = 1
        b = 2

        c = 3
        """,
        "C1 absent",
        """
        c = 3
        """,
    ),
    (
        "a compound statement is owned whole, blank lines and comments included",
        """
        # C1. U.
        with open("x") as x:
            a = 1

            b = 2
            # una nota

        c = 3
        """,
        "C1 absent",
        """
        c = 3
        """,
    ),
    (
        "the skeleton is an outline",
        '''
        def f():
            """Fa."""
            # C1. U.
            while True:
                a = 1

                # C2. Dos.
                if a:
                    break
                # E1. Error.
                b = 2
        ''',
        "C comment, E comment",
        '''
        def f():
            """Fa."""
            # C1. U.

                # C2. Dos.
                # E1. Error.
        ''',
    ),
    (
        "what is absent goes with all the comments inside",
        """
        a = 1

        # E1. Error.
        if a:
            # C1. U.
            b = 2
        """,
        "E1 absent, C1 comment",
        """
        a = 1
        """,
    ),
    (
        "a solved step inside what goes, goes",
        """
        # E1. Error.
        if True:
            # C1. U.
            b = 2

        c = 3
        """,
        "E1 comment",
        """
        # E1. Error.

        c = 3
        """,
    ),
    (
        "a step heads a constant, a function, a decorated one",
        """
        import functools

        # C1. U.
        A = 1

        B = 2


        # C2. Dos.
        def f():
            return 1


        # C3. Tres.
        @functools.cache
        def g():
            return 2


        def h():
            return 3
        """,
        "C1 absent, C2 absent, C3 absent",
        """
        B = 2


        def h():
            return 3
        """,
    ),
    (
        "comments at the left margin",
        """
        import functools

        # C1. U.
        A = 1


        # C2. Dos.
        @functools.cache
        def f():
            # C3. Tres.
            return 1


        # C4. Quatre.
        def g():
            return 2


        def h():
            return 3
        """,
        "C comment",
        """
        # C1. U.

        # C2. Dos.
            # C3. Tres.

        # C4. Quatre.


        def h():
            return 3
        """,
    ),
    (
        "a method goes, and the others are one line apart",
        '''
        class C:
            """Una classe."""

            # C1. U.
            X = 1

            def f(self):
                return 1

            # C2. Dos.
            def g(self):
                return 2

            def h(self):
                return 3
        ''',
        "C1 absent, C2 absent",
        '''
        class C:
            """Una classe."""

            def f(self):
                return 1

            def h(self):
                return 3
        ''',
    ),
    (
        "the last method goes",
        """
        class C:
            def f(self):
                return 1

            # C1. U.
            def g(self):
                return 2


        def h():
            return 3
        """,
        "C1 absent",
        """
        class C:
            def f(self):
                return 1


        def h():
            return 3
        """,
    ),
    (
        "an except goes",
        """
        try:
            a = 1
        except ValueError:
            a = 2
        # E1. Error.
        except OSError:
            a = 3
        """,
        "E1 absent",
        """
        try:
            a = 1
        except ValueError:
            a = 2
        """,
    ),
    (
        "a try without handlers gives its body back",
        """
        try:
            # C1. U.
            a = [
                1,
            ]

            # una nota
            b = 2
        # E1. Error.
        except OSError:
            a = 3
        c = 4
        """,
        "E1 absent",
        """
        # C1. U.
        a = [
            1,
        ]

        # una nota
        b = 2
        c = 4
        """,
    ),
    (
        "what is inside a string does not move",
        '''
        try:
            a = """
            un
              dos
        """
            b = f"""{
                a
            }
            tres"""
        # E1. Error.
        except OSError:
            pass
        ''',
        "E1 absent",
        '''
        a = """
            un
              dos
        """
        b = f"""{
                a
            }
            tres"""
        ''',
    ),
    (
        "an except that is a comment leaves it where it was",
        """
        try:
            # C1. U.
            a = 1
        # E1. Error.
        except OSError:
            a = 3
        """,
        "E1 comment",
        """
        # C1. U.
        a = 1
        # E1. Error.
        """,
    ),
    (
        "a try with everything a comment",
        """
        def f():
            try:
                # C1. U.
                a = 1
            # E1. Error.
            except OSError:
                a = 3
            # C2. Dos.
            finally:
                # E2. Un altre.
                b = 4
            return 5
        """,
        "C comment, E comment",
        """
        def f():
            # C1. U.
            # E1. Error.
            # C2. Dos.
                # E2. Un altre.

            return 5
        """,
    ),
    (
        "a try that keeps its finally",
        """
        try:
            a = 1
        # E1. Error.
        except OSError:
            a = 3
        finally:
            a = 4
        """,
        "E1 absent",
        """
        try:
            a = 1
        finally:
            a = 4
        """,
    ),
    (
        "a try that keeps its except",
        """
        try:
            a = 1
        except OSError:
            a = 3
        # E1. Error.
        finally:
            a = 4
        """,
        "E1 comment",
        """
        try:
            a = 1
        except OSError:
            a = 3
        # E1. Error.
        """,
    ),
    (
        "the else of a try without handlers is the end of its body",
        """
        try:
            a = 1
        # E1. Error.
        except OSError:
            a = 2
        # C1. U.
        else:
            a = 3
        """,
        "E1 absent",
        """
        a = 1
        # C1. U.
        a = 3
        """,
    ),
    (
        "the same, with a finally",
        """
        try:
            a = 1
        # E1. Error.
        except OSError:
            a = 2
        # C1. U.
        else:
            a = 3
        finally:
            a = 4
        """,
        "E1 absent",
        """
        try:
            a = 1
            # C1. U.
            a = 3
        finally:
            a = 4
        """,
    ),
    (
        "a try whose body has gone, without handlers, goes",
        """
        a = 0
        try:
            # C1. U.
            a = 1
        # E1. Error.
        except OSError:
            a = 2
        """,
        "C1 absent, E1 absent",
        """
        a = 0
        """,
    ),
    (
        "a try whose body has gone keeps its place if its handler stays",
        """
        try:
            # C1. U.
            a = 1
        except OSError:
            a = 2
        """,
        "C1 comment",
        """
        try:
            # C1. U.
            ...
        except OSError:
            a = 2
        """,
    ),
    (
        "an elif goes",
        """
        if a:
            b = 1
        # E1. Error.
        elif a is None:
            b = 2
        else:
            b = 3
        """,
        "E1 absent",
        """
        if a:
            b = 1
        else:
            b = 3
        """,
    ),
    (
        "an else goes",
        """
        if a:
            b = 1
        # E1. Error.
        else:
            b = 3
        c = 4
        """,
        "E1 absent",
        """
        if a:
            b = 1
        c = 4
        """,
    ),
    (
        "an if goes, and the elif takes its place",
        """
        # E1. Error.
        if a:
            b = 1
        # C1. U.
        elif (
            c
        ):
            b = 2
        else:
            b = 3
        d = 4
        """,
        "E1 absent",
        """
        # C1. U.
        if (
            c
        ):
            b = 2
        else:
            b = 3
        d = 4
        """,
    ),
    (
        "the same, with its comment, which does not head the elif",
        """
        # E1. Error.
        if a:
            b = 1
        elif c:
            b = 2
        """,
        "E1 comment",
        """
        # E1. Error.

        if c:
            b = 2
        """,
    ),
    (
        "an if goes, and an else alone gives its body back",
        """
        # E1. Error.
        if a:
            b = 1
        # C1. U.
        else:
            b = 3

            d = 4
        """,
        "E1 absent",
        """
        # C1. U.
        b = 3

        d = 4
        """,
    ),
    (
        "blank lines inside an if that goes do not stay",
        """
        z = 0
        # E1. Error.
        if a:
            b = 1

            c = 2
        else:
            b = 3
        """,
        "E1 absent",
        """
        z = 0
        b = 3
        """,
    ),
    (
        "all the branches go",
        """
        z = 0

        # E1. Error.
        if a:
            b = 1
        # E2. Un altre.
        else:
            b = 3
        y = 0
        """,
        "E1 comment, E2 comment",
        """
        z = 0

        # E1. Error.
        # E2. Un altre.

        y = 0
        """,
    ),
    (
        "an if without alternatives is owned with what follows",
        """
        # E1. Error.
        if a:
            b = 1
        c = 2

        d = 3
        """,
        "E1 absent",
        """
        d = 3
        """,
    ),
    (
        "an if with alternatives further down in a paragraph is owned whole",
        """
        # E1. Error.
        a = 0
        if a:
            b = 1
        else:
            b = 2

        d = 3
        """,
        "E1 absent",
        """
        d = 3
        """,
    ),
    (
        "the else of a loop goes",
        """
        for a in b:
            print(a)
        # E1. Error.
        else:
            print(b)
        """,
        "E1 absent",
        """
        for a in b:
            print(a)
        """,
    ),
    (
        "a case goes",
        """
        match a:
            # C1. U.
            case 1:
                b = 1
            # N1. Nom.
            case 2:
                b = 2
            case _:
                b = 3
        """,
        "N1 absent",
        """
        match a:
            # C1. U.
            case 1:
                b = 1
            case _:
                b = 3
        """,
    ),
    (
        "all the cases go",
        """
        def f(a):
            match a:
                # C1. U.
                case 1:
                    b = 1
                # C2. Dos.
                case 2:
                    # C3. Tres.
                    b = 2
        """,
        "C comment",
        """
        def f(a):
            # C1. U.
            # C2. Dos.
                # C3. Tres.
            ...
        """,
    ),
    (
        "an except emptied from inside goes, and its comment comes out",
        """
        try:
            a = 1
        except ValueError:
            a = 2
        except OSError:
            # E1. Error.
            a = 3
        """,
        "E1 comment",
        """
        try:
            a = 1
        except ValueError:
            a = 2
        # E1. Error.
        """,
    ),
    (
        "a finally emptied from inside goes",
        """
        try:
            a = 1
        finally:
            # E1. Error.
            a = 3
        """,
        "E1 absent",
        """
        a = 1
        """,
    ),
    (
        "an if emptied from inside goes",
        """
        a = 0
        if a:
            # E1. Error.
            b = 1
        c = 2
        """,
        "E1 absent",
        """
        a = 0
        c = 2
        """,
    ),
    (
        "what goes because it is empty may empty what is around it",
        """
        a = 0
        if a:
            if a > 1:
                # E1. Error.
                b = 1
        c = 2
        """,
        "E1 absent",
        """
        a = 0
        c = 2
        """,
    ),
    (
        "an elif emptied from inside goes",
        """
        if a:
            b = 1
        elif c:
            # E1. Error.
            b = 2
        else:
            b = 3
        """,
        "E1 absent",
        """
        if a:
            b = 1
        else:
            b = 3
        """,
    ),
    (
        "a function, a loop and a with whose body has gone",
        '''
        def f():
            # C1. U.
            a = 1


        def g():
            """Fa."""
            # C1. U.
            a = 1


        def h():
            for a in b:
                # C1. U.
                c = 1

                # C2. Dos.
                d = 1
            with a:
                # E1. Error.
                c = 1
        ''',
        "C comment, E absent",
        '''
        def f():
            # C1. U.
            ...


        def g():
            """Fa."""
            # C1. U.


        def h():
            for a in b:
                # C1. U.

                # C2. Dos.
                ...
            with a:
                ...
        ''',
    ),
    (
        "a blank line below a docstring does not come from what has gone",
        '''
        def f():
            """Fa."""
            # E1. Error.
            a = 1

            b = 2


        def g():
            """Fa."""
            # E1. Error.
            a = 1


        def h():
            """Fa."""

            # E1. Error.
            a = 1

            b = 2
        ''',
        "E1 absent",
        '''
        def f():
            """Fa."""
            b = 2


        def h():
            """Fa."""

            b = 2
        ''',
    ),
    (
        "no blank line opens or ends a block",
        """
        while a:
            # E1. Error.
            b = 1

            c = 2

            # E2. Un altre.
            d = 3
        e = 4
        """,
        "E absent",
        """
        while a:
            c = 2
        e = 4
        """,
    ),
    (
        "never two blank lines in a row inside a block",
        """
        while a:
            b = 1

            # E1. Error.
            c = 2

            d = 3
        """,
        "E absent",
        """
        while a:
            b = 1

            d = 3
        """,
    ),
    (
        "no blank line ends a file",
        """
        a = 1

        # E1. Error.
        b = 2
        """,
        "E absent",
        """
        a = 1
        """,
    ),
    (
        "comments that come together stay as near as they were",
        """
        def f():
            # C1. U.
            a = 1

            # C2. Dos.
            b = 2
            # C3. Tres.
            c = 3
        """,
        "C comment",
        """
        def f():
            # C1. U.

            # C2. Dos.
            # C3. Tres.
            ...
        """,
    ),
    (
        "imports that nothing uses any more go",
        """
        import contextlib
        import os.path
        import sys
        from socket import AF_INET, SO_KEEPALIVE, create_server as crea

        # E1. Error.
        with contextlib.suppress(OSError):
            print(os.path.sep, SO_KEEPALIVE)

        print(sys.argv, crea, AF_INET)
        """,
        "E absent",
        """
        import sys
        from socket import AF_INET, create_server as crea

        print(sys.argv, crea, AF_INET)
        """,
    ),
    (
        "an import that was never used stays",
        """
        import os
        import sys

        # E1. Error.
        print(sys.argv)
        """,
        "E absent",
        """
        import os
        """,
    ),
    (
        "a long import stays one name a line, and on one line if it fits",
        """
        from connexio import (
            UN_NOM_MES_AVIAT_LLARG,
            UN_ALTRE_NOM_LLARG,
            I_ENCARA_UN_ALTRE_NOM_MES,
            I_UN_DARRER_NOM,
        )
        from llarga import (
            una_cosa,
            una_altra,
        )

        # E1. Error.
        print(I_UN_DARRER_NOM, una_altra)

        print(UN_NOM_MES_AVIAT_LLARG, UN_ALTRE_NOM_LLARG, una_cosa)
        print(I_ENCARA_UN_ALTRE_NOM_MES)
        """,
        "E absent",
        """
        from connexio import (
            UN_NOM_MES_AVIAT_LLARG,
            UN_ALTRE_NOM_LLARG,
            I_ENCARA_UN_ALTRE_NOM_MES,
        )
        from llarga import una_cosa

        print(UN_NOM_MES_AVIAT_LLARG, UN_ALTRE_NOM_LLARG, una_cosa)
        print(I_ENCARA_UN_ALTRE_NOM_MES)
        """,
    ),
    (
        "an import inside a function",
        """
        def f():
            import sys

            # E1. Error.
            print(sys.argv)

            return 1


        def g():
            import sys

            # E1. Error.
            print(sys.argv)
        """,
        "E absent",
        """
        def f():
            return 1
        """,
    ),
    (
        "nobody uses the error any more",
        """
        try:
            a = 1
        except (
            OSError,
            ValueError,
        ) as error:
            # E1. Error.
            print(error)

            b = 2
        except KeyError as error:
            print(error)
        """,
        "E absent",
        """
        try:
            a = 1
        except (
            OSError,
            ValueError,
        ):
            b = 2
        except KeyError as error:
            print(error)
        """,
    ),
    (
        "logging goes wherever it stands",
        """
        import logging

        # L1. Crea el registre.
        registre = logging.getLogger("x")

        A = 1


        # C1. U.
        def f(a):
            registre.info("entra")
            if a:
                registre.warning(
                    "%s",
                    a,
                )
                return 1

            registre.info("surt")

            return 2
        """,
        "L absent",
        """
        A = 1


        # C1. U.
        def f(a):
            if a:
                return 1

            return 2
        """,
    ),
    (
        "logging leaves no comment but its steps'",
        """
        import logging

        # L1. Crea el registre.
        registre = logging.getLogger("x")


        def f(a):
            registre.info("entra")

            # L2. No ho diu tot.
            registre.info("surt")

            return 2
        """,
        "L comment",
        """
        # L1. Crea el registre.


        def f(a):
            # L2. No ho diu tot.

            return 2
        """,
    ),
    (
        "logging under a step of its own follows that one",
        """
        import logging

        # L1. Crea el registre.
        registre = logging.getLogger("x")

        # L2. No ho diu tot.
        registre.info("surt")
        registre.info("entra")

        registre.info("acaba")
        """,
        "L2 absent",
        """
        import logging

        # L1. Crea el registre.
        registre = logging.getLogger("x")

        registre.info("acaba")
        """,
    ),
    (
        "logging never changes what a program does",
        """
        import logging

        # L1. Crea el registre.
        registre = logging.getLogger("x")

        try:
            a = 1
        # E1. Error.
        except OSError as error:
            registre.warning("%s", error)
        finally:
            registre.info("fet")

        if a:
            registre.info("a")
        elif b:
            c = 2

        if a:
            c = 3
        else:
            registre.info("res")

        if a:
            registre.info("a")

        if mira(a):
            registre.info("a")

        for a in b:
            registre.info("a")


        def f():
            registre.info("f")
        """,
        "L absent",
        """
        try:
            a = 1
        # E1. Error.
        except OSError:
            pass

        if a:
            pass
        elif b:
            c = 2

        if a:
            c = 3

        if mira(a):
            pass

        for a in b:
            pass


        def f():
            pass
        """,
    ),
    (
        "a comment goes with the statements below it",
        """
        import logging

        # L1. Crea el registre.
        registre = logging.getLogger("x")

        # D'on ve, i prou.
        registre.info("a")

        # D'on ve, i alguna cosa.
        registre.info("a")
        b = 1

        # Una secció.

        registre.info("b")
        """,
        "L absent",
        """
        # D'on ve, i alguna cosa.
        b = 1

        # Una secció.
        """,
    ),
    (
        "a solved step all of whose code has gone says nothing",
        """
        import logging

        # L1. Crea el registre.
        registre = logging.getLogger("x")

        # C1. U.
        registre.info("a")

        b = 2
        """,
        "L absent",
        """
        b = 2
        """,
    ),
    (
        "a comment that ends a function goes with it",
        """
        # C1. U.
        def f():
            return 1
            # i ja està


        A = 1
        """,
        "C1 absent",
        """
        A = 1
        """,
    ),
    (
        "two definitions and what remains between them",
        """
        import sys


        # C1. U.
        def f():
            return 1


        A = sys.argv


        def g():
            return 2


        # C2. Dos.
        def h():
            return 3


        if A:
            g()
        """,
        "C absent",
        """
        import sys

        A = sys.argv


        def g():
            return 2


        if A:
            g()
        """,
    ),
    (
        "a comment above a definition stays there",
        """
        # C1. U.
        A = 1


        # Una nota.
        def f():
            return 1
        """,
        "C1 comment",
        """
        # C1. U.


        # Una nota.
        def f():
            return 1
        """,
    ),
    (
        "what is left is an outline, whatever code stood in between",
        """
        # C1. U.
        for x in range(9):
            if x:
                # C2. Dos.
                a = 1
            # C3. Tres.
            b = 2
        """,
        "C1 comment, C2 comment, C3 comment",
        """
        # C1. U.
            # C2. Dos.
            # C3. Tres.
        """,
    ),
    (
        "the frame's constants and functions go with their last use",
        """
        LIMIT = 3  # bytes
        SEGONS = 2


        def mida(text):
            return len(text) + SEGONS


        def f(text):
            # C1. U.
            if mida(text) > LIMIT:
                return 1

            return 2
        """,
        "C1 absent",
        """
        def f(text):
            return 2
        """,
    ),
    (
        "a result that nobody looks at loses its name, not its call",
        """
        def f():
            estat = envia(1)
            # C1. U.
            if estat:
                return estat
        """,
        "C1 absent",
        """
        def f():
            envia(1)
        """,
    ),
]


@pytest.mark.parametrize(
    ("master", "fates", "expected"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_rules(master, fates, expected):
    assert derived(master.removeprefix("\n"), fates) == dedent(
        expected.removeprefix("\n")
    )


@pytest.mark.parametrize(
    "master", [case[1] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_program_with_all_solved_is_the_master(master):
    text = dedent(master.removeprefix("\n"))
    assert derived(text) == text


def test_a_program_without_a_line():
    assert derived("") == ""
    assert derived("# Res.\n") == "# Res.\n"


def test_each_file_is_derived_by_itself():
    sources = {"a.py": "# C1. U.\na = 1\n", "b.py": "b = 1\n"}
    fates = dict.fromkeys(ANY.steps, Fate.COMMENT)
    assert derive(sources, ANY, fates) == {"a.py": "# C1. U.\n", "b.py": "b = 1\n"}


def test_what_another_file_uses_stays():
    sources = {
        "a.py": "LIMIT = 3\nMIDA = 4\n",
        "b.py": "from a import LIMIT, MIDA\n\n# C1. U.\nx = LIMIT\n\ny = MIDA\n",
    }
    fates = {**dict.fromkeys(ANY.steps, Fate.SOLVED), "C1": Fate.ABSENT}
    assert derive(sources, ANY, fates) == {
        "a.py": "MIDA = 4\n",
        "b.py": "from a import MIDA\n\ny = MIDA\n",
    }


# Each case: what is wrong, the program, the line and what is said of it.
WRONG_PROGRAMS = [
    ("no Python", "a = (\n", 1, "is no Python: '(' was never closed"),
    ("no Python, but parses", "a = 1\nreturn a\n", 2, "is no Python: 'return' outside"),
    (
        "nothing below",
        "a = 1\n# C1. U.\n",
        2,
        "C1: heads nothing; write its code below",
    ),
    ("a file of comments", "# C1. U.\n", 1, "C1: heads nothing"),
    ("a blank line below", "# C1. U.\n\na = 1\n", 1, "C1: heads nothing"),
    ("another step below", "# C1. U.\n# C2. Dos.\na = 1\n", 1, "C1: heads nothing"),
    (
        "the end of a block below",
        "for a in b:\n    c = 1\n    # C1. U.\nd = 2\n",
        3,
        "C1: heads nothing",
    ),
    (
        "a blank line above a branch",
        "if a:\n    b = 1\n# C1. U.\n\nelse:\n    b = 2\n",
        3,
        "C1: heads nothing",
    ),
    (
        "two steps above a branch",
        "if a:\n    b = 1\n# C1. U.\n# C2. Dos.\nelse:\n    b = 2\n",
        3,
        "C1: heads nothing",
    ),
    (
        "odd indentation",
        "for a in b:\n  # C1. U.\n    c = 1\n".replace("  # C1", "        # C1"),
        2,
        "C1: is not indented as the statements around it",
    ),
    (
        "beside code",
        "a = 1  # C1. U.\n",
        1,
        "C1: a step's comment goes above a statement",
    ),
    (
        "inside a statement",
        "a = [\n    # C1. U.\n    1,\n]\n",
        2,
        "C1: a step's comment goes above a statement",
    ),
    (
        "a colon",
        "# C1: U.\na = 1\n",
        1,
        "'# C1: U.': a step's comment begins with '# C1. '",
    ),
    (
        "no space",
        "#C1. U.\na = 1\n",
        1,
        "'#C1. U.': a step's comment begins with '# C1. '",
    ),
    (
        "no sentence",
        "# C1.\na = 1\n",
        1,
        "'# C1.': a step's comment begins with '# C1. '",
    ),
    ("no such step", "a = 1\n# C9. U.\nb = 1\n", 2, "C9: is no step of the catalogue"),
    (
        "a body beside its header",
        "if a: b = 1\n",
        1,
        "write the body on lines of its own",
    ),
    ("two on a line", "a = 1; b = 2\n", 1, "write each statement on a line of its own"),
    (
        "a logger of nobody's",
        'import logging\n\nregistre = logging.getLogger("x")\n',
        3,
        "registre: a logger is made under a step of kind log; head it so",
    ),
    (
        "a logger of another kind's",
        'import logging\n\n# C1. U.\nregistre = logging.getLogger("x")\n',
        4,
        "registre: a logger is made under a step of kind log; head it so",
    ),
]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [case[1:] for case in WRONG_PROGRAMS],
    ids=[case[0] for case in WRONG_PROGRAMS],
)
def test_a_wrong_program_is_refused(text, line, message):
    with pytest.raises(SourceError) as caught:
        derived(text)
    assert str(caught.value).startswith(f"{FILE}:{line}: {message}")
    assert (caught.value.file, caught.value.line) == (FILE, line)
    assert str(caught.value) in [str(problem) for problem in check({FILE: text}, ANY)]


def test_a_derived_program_that_does_not_compile():
    # Python refuses `nonlocal` when the function around has lost the name.
    text = """\
        def f():
            # C1. U.
            a = 1

            def g():
                nonlocal a
                a = 2

            return g
        """
    with pytest.raises(SourceError) as caught:
        derived(text, "C1 absent")
    assert str(caught.value) == (
        f"{FILE}:3: does not compile: no binding for nonlocal 'a' found"
    )


def test_an_import_with_a_comment_that_loses_a_name():
    text = "from x import a, b  # per què\n\n# C1. U.\nprint(a)\n\nprint(b)\n"
    with pytest.raises(
        SourceError, match=rf"{FILE}:1: an import that loses a name has"
    ):
        derived(text, "C1 absent")


def problems(sources, *steps):
    """What `check` says, as texts."""
    return [str(problem) for problem in check(sources, catalogue_of(*steps))]


def test_sources_with_nothing_wrong():
    sources = {
        "connexio.py": "# C1. Fa una\n# cosa.\na = 1\n\n# C1. Una altra.\nb = 1\n",
        FILE: "# E1. Fa una cosa.\nc = 1\n\n# C1. I encara una.\nd = 1\n",
    }
    assert problems(sources, "C1", "E1") == []


def test_a_step_that_stands_nowhere():
    assert problems({FILE: "# C1. Fa una cosa.\na = 1\n"}, "C1", "N1") == [
        f"{FILE}:1: N1: stands nowhere: «Fa una cosa.»"
    ]


def test_a_sentence_that_is_not_the_catalogues():
    sources = {FILE: "a = 1\n\n# C1. Fa.\nb = 1\n\n# C1. Desfà.\nc = 1\n"}
    assert problems(sources, ("C1", "Fa coses.")) == [
        f"{FILE}:3: C1: the catalogue's sentence is «Fa coses.», "
        "the file has «Fa.», «Desfà.»"
    ]


def test_a_sentence_that_stands_twice():
    sources = {
        "connexio.py": "# C1. Fa una cosa.\na = 1\n",
        FILE: "b = 1\n\n# C1. Fa una cosa.\nc = 1\n",
    }
    assert problems(sources, "C1") == [
        f"{FILE}:3: C1: the catalogue's sentence is at connexio.py:1 too; "
        "give this comment one of its own"
    ]


def test_everything_that_is_wrong_is_said_at_once():
    sources = {"a.py": "a = (\n", FILE: "# C1. Fa.\n\n# C2: Fa.\n# C9. Fa.\na = 1\n"}
    assert [problem.split(":")[2] for problem in problems(sources, "C1", "E1")] == [
        " is no Python",
        " C1",
        " '# C2",
        " C9",
        " C1",
        " E1",
    ]


def test_fates():
    catalogue = catalogue_of("C1", "E1", "L1", "N1", "M1")
    levels = load_levels()
    S, C, A = Fate.SOLVED, Fate.COMMENT, Fate.ABSENT

    def row(fates):
        return [fates[step] for step in ("C1", "E1", "L1", "N1", "M1")]

    assert row(fates_of_level(catalogue, levels, "skeleton")) == [C, C, C, A, A]
    assert row(fates_of_level(catalogue, levels, "robust")) == [S, S, A, A, A]
    assert row(fates_of_start(catalogue, levels, "noms")) == [S, S, S, C, A]
    assert row(fates_of_solution(catalogue, levels, ["consola"])) == [S, S, S, A, S]
    full = fates_of_level(catalogue, levels, "full")
    assert row(fates_without(full, "E1")) == [S, A, S, A, A]
    assert row(full) == [S, S, S, A, A]
    with pytest.raises(KeyError):
        fates_without(full, "E9")


# The command, on a course of one program.

STEP = """
[steps.{id}]
kind = "{kind}"
points = 1
sentence.ca = "Fa una cosa."
sentence.en = "Does something."
why.ca = "Perquè sí."
why.en = "Because."
hints.ca = ["u", "dos", "tres"]
hints.en = ["one", "two", "three"]
"""
GROUP = """
[groups.{id}]
file = "servidor.py"
title.ca = "Títol"
title.en = "Title"
page = "pagina"
"""
PROGRAM = """\
# C1. Fa una cosa.
a = 1

# E1. Fa una cosa.
b = 1

# N1. Fa una cosa.
c = 1

# M1. Fa una cosa.
d = 1
"""


@pytest.fixture
def variants(tmp_path, monkeypatch):
    """A folder of variants with a small master, on which the command works."""
    folder = tmp_path / "variants"
    (folder / MASTER).mkdir(parents=True)
    (folder / MASTER / FILE).write_text(PROGRAM, encoding="utf-8")
    kinds = {"C": "core", "E": "error", "N": "noms", "M": "consola"}
    text = 'order = [["C1"], ["E1"]]\n'
    for letter, kind in kinds.items():
        text += GROUP.format(id=letter)
        if letter in "NM":
            text += f'exercise = "{kind}"\nhours = "1"\n'
            text += "".join(
                f'{key}.{language} = "{key}"\n'
                for key in ("teaches", "leaves_out")
                for language in ("ca", "en")
            )
    for letter, kind in kinds.items():
        text += STEP.format(id=f"{letter}1", kind=kind)
    (folder / "steps.toml").write_text(text, encoding="utf-8")
    levels = (VARIANTS / "levels.toml").read_text(encoding="utf-8")
    (folder / "levels.toml").write_text(levels, encoding="utf-8")
    monkeypatch.setattr(command, "ROOT", tmp_path)
    monkeypatch.setattr(command, "VARIANTS", folder)
    return folder


def levels_command(*arguments):
    """Run the command in this process; its exit status."""
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args([str(argument) for argument in arguments]))


def test_writes_every_level(variants, capsys):
    assert levels_command() == 0
    assert (variants / "skeleton" / FILE).read_text(encoding="utf-8") == (
        "# C1. Fa una cosa.\n\n# E1. Fa una cosa.\n"
    )
    assert (variants / "essential" / FILE).read_text(encoding="utf-8") == (
        "# C1. Fa una cosa.\na = 1\n"
    )
    assert capsys.readouterr().out.splitlines() == [
        f"written    variants/{level}/{FILE}"
        for level in ("skeleton", "essential", "robust", "full")
    ]
    assert (variants / MASTER / FILE).read_text(encoding="utf-8") == PROGRAM


def test_writes_what_has_changed_and_removes_what_is_stale(variants, capsys):
    levels_command()
    (variants / "robust" / FILE).write_text("x = 1\n", encoding="utf-8")
    (variants / "robust" / "vell.py").write_text("x = 1\n", encoding="utf-8")
    (variants / "robust" / "notes.txt").write_text("es queda\n", encoding="utf-8")
    capsys.readouterr()
    assert levels_command() == 0
    assert capsys.readouterr().out.splitlines() == [
        f"unchanged  variants/skeleton/{FILE}",
        f"unchanged  variants/essential/{FILE}",
        f"written    variants/robust/{FILE}",
        "removed    variants/robust/vell.py",
        f"unchanged  variants/full/{FILE}",
    ]
    assert sorted(path.name for path in (variants / "robust").iterdir()) == [
        "notes.txt",
        FILE,
    ]


def test_check_says_nothing_when_all_is_well(variants, capsys):
    levels_command()
    capsys.readouterr()
    assert levels_command("--check") == 0
    assert capsys.readouterr() == ("", "")


def test_check_shows_the_difference_and_writes_nothing(variants, capsys):
    levels_command()
    changed = variants / "essential" / FILE
    changed.write_text("# C1. Fa una cosa.\na = 2\n", encoding="utf-8")
    capsys.readouterr()
    assert levels_command("--check") == 1
    assert capsys.readouterr().out == (
        f"variants/essential/{FILE} is not what the master gives; "
        "run: python3 -m tools levels\n"
        f"--- variants/essential/{FILE} (committed)\n"
        f"+++ variants/essential/{FILE} (derived)\n"
        "@@ -1,2 +1,2 @@\n # C1. Fa una cosa.\n-a = 2\n+a = 1\n"
    )
    assert changed.read_text(encoding="utf-8").endswith("a = 2\n")


def test_check_sees_a_file_that_is_missing_stale_or_has_other_line_ends(
    variants, capsys
):
    levels_command()
    (variants / "essential" / FILE).unlink()
    (variants / "robust" / "vell.py").write_text("x = 1\n", encoding="utf-8")
    path = variants / "full" / FILE
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    capsys.readouterr()
    assert levels_command("--check") == 1
    out = capsys.readouterr().out
    assert [line.split()[0] for line in out.splitlines() if "is not what" in line] == [
        f"variants/essential/{FILE}",
        "variants/robust/vell.py",
        f"variants/full/{FILE}",
    ]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--start", "noms"), "a = 1\n…b = 1\n…# N1. Fa una cosa.\n"),
        (("--solution", "noms"), "a = 1\n…b = 1\n…c = 1\n"),
        (("--solution", "noms,consola"), "a = 1\n…b = 1\n…c = 1\n…d = 1\n"),
        (("--solution", "all"), "a = 1\n…b = 1\n…c = 1\n…d = 1\n"),
    ],
)
def test_an_exercise(variants, tmp_path, capsys, arguments, expected):
    folder = tmp_path / "un lloc" / "nou"
    assert levels_command(*arguments, folder) == 0
    text = (folder / FILE).read_text(encoding="utf-8")
    parts = text.split("\n\n")
    solved = [part.split("\n", 1)[1] if "= 1" in part else part for part in parts]
    assert "\n…".join(solved).replace("\n\n", "\n") == expected
    name = (folder / FILE).relative_to(tmp_path)
    assert capsys.readouterr().out == f"written    {name}\n"
    assert [path.name for path in variants.iterdir() if path.is_dir()] == [MASTER]


def test_an_exercise_does_not_write_over_programs(variants, tmp_path, capsys):
    (tmp_path / "meu.py").write_text("x = 1\n", encoding="utf-8")
    assert levels_command("--start", "noms", tmp_path) == 2
    assert capsys.readouterr().err == (
        f"{tmp_path} has programs already; name another folder\n"
    )
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--start", "jocs"), "there is no exercise 'jocs'; there are: noms, consola"),
        (("--start", "core"), "there is no exercise 'core'; there are: noms, consola"),
        (("--start", "all"), "there is no exercise 'all'; there are: noms, consola"),
        (("--solution", "noms,,"), "there is no exercise ''; there are: noms, consola"),
        (
            ("--solution", "yeswanna"),
            "there is no exercise 'yeswanna'; there are: noms",
        ),
    ],
)
def test_an_exercise_that_does_not_exist(
    variants, tmp_path, capsys, arguments, message
):
    assert levels_command(*arguments, tmp_path / "nou") == 2
    captured = capsys.readouterr()
    assert captured.err.startswith(message)
    assert captured.err.count("\n") == 1
    assert not (tmp_path / "nou").exists()


def test_a_folder_that_is_a_file(variants, tmp_path, capsys):
    (tmp_path / "fitxer").write_text("", encoding="utf-8")
    assert levels_command("--solution", "all", tmp_path / "fitxer") == 2
    assert capsys.readouterr().err == f"{tmp_path / 'fitxer'} is no folder\n"


def test_a_master_without_programs(variants, capsys):
    (variants / MASTER / FILE).unlink()
    assert levels_command() == 2
    assert capsys.readouterr().err == f"{variants / MASTER} has no program\n"


def test_a_master_that_is_not_utf8(variants, capsys):
    (variants / MASTER / FILE).write_bytes(b"# \xe0\n")
    assert levels_command() == 2
    assert capsys.readouterr().err == f"variants/{MASTER}/{FILE} is not UTF-8\n"


@pytest.mark.parametrize("arguments", [(), ("--check",), ("--start", "noms", "nou")])
def test_a_wrong_marker_stops_everything(
    variants, tmp_path, monkeypatch, capsys, arguments
):
    monkeypatch.chdir(tmp_path)
    (variants / MASTER / FILE).write_text(PROGRAM + "# C1. Una altra.\n", "utf-8")
    assert levels_command(*arguments) == 1
    assert capsys.readouterr().err == (
        f"{MASTER}/{FILE}:12: C1: heads nothing; write its code below\n"
    )
    assert not (variants / "full").exists()
    assert not (tmp_path / "nou").exists()


def test_a_level_that_does_not_compile_is_named(variants, capsys):
    program = "def f():\n    # E1. Fa una cosa.\n    a = 1\n\n    def g():\n"
    program += "        nonlocal a\n        a = 2\n\n    return g\n\n\n"
    program += PROGRAM.replace("# E1. Fa una cosa.\nb = 1\n\n", "")
    (variants / MASTER / FILE).write_text(program, "utf-8")
    assert levels_command() == 1
    message = f"{FILE}:3: does not compile: no binding for nonlocal 'a' found"
    assert capsys.readouterr().err.splitlines() == [
        f"level skeleton: {message.replace(':3:', ':5:')}",
        f"level essential: {message}",
    ]
    assert not (variants / "full").exists()


def test_an_exercise_that_does_not_compile(variants, tmp_path, capsys):
    program = PROGRAM.replace("c = 1", "x = 1").replace("# N1. Fa una cosa.\n", "")
    program += "\n\ndef f():\n    # N1. Fa una cosa.\n    a = 1\n\n    def g():\n"
    program += "        nonlocal a\n        a = 2\n\n    return g\n"
    (variants / MASTER / FILE).write_text(program, "utf-8")
    assert levels_command("--start", "noms", tmp_path / "nou") == 1
    assert "does not compile: no binding for nonlocal" in capsys.readouterr().err
    assert not (tmp_path / "nou").exists()


def test_a_wrong_catalogue(variants, capsys):
    (variants / "steps.toml").write_text("order = []\n", encoding="utf-8")
    assert levels_command() == 1
    assert capsys.readouterr().err.startswith("steps.toml: has no [groups.…]")


# The course's own programs.


@pytest.fixture(scope="module")
def course():
    """The master's texts, the catalogue and the levels."""
    master = {
        path.name: path.read_text(encoding="utf-8")
        for path in sorted((VARIANTS / MASTER).glob("*.py"))
    }
    return master, load_catalogue(), load_levels()


def test_the_masters_markers(course):
    master, catalogue, _ = course
    assert [str(problem) for problem in check(master, catalogue)] == []


def test_the_committed_levels_are_what_the_master_gives(capsys):
    status = levels_command("--check")
    assert status == 0, "".join(capsys.readouterr())


def test_the_master_is_the_level_with_all_solved(course):
    master, catalogue, levels = course
    assert (
        derive(master, catalogue, fates_of_level(catalogue, levels, MASTER)) == master
    )


def test_every_program_with_a_step_missing_compiles(course):
    master, catalogue, levels = course
    fates = fates_of_level(catalogue, levels, MASTER)
    for step in catalogue.steps:
        assert derive(master, catalogue, fates_without(fates, step)) != master, step


def test_everything_that_is_derived_passes_ruff(course, tmp_path):
    master, catalogue, levels = course
    fates = {level: fates_of_level(catalogue, levels, level) for level in levels}
    for name in catalogue.exercises:
        fates[f"start-{name}"] = fates_of_start(catalogue, levels, name)
        fates[f"solution-{name}"] = fates_of_solution(catalogue, levels, [name])
    for name, chosen in fates.items():
        (tmp_path / name).mkdir()
        for file, text in derive(master, catalogue, chosen).items():
            (tmp_path / name / file).write_text(text, encoding="utf-8")
    ruff = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache"]
    rules = ["--select=E,F,W,I,B,UP", "--line-length=88", "--target-version=py311"]
    result = subprocess.run(
        [*ruff, *rules, "--output-format=concise", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
