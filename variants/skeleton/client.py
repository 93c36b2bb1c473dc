"""El client del xat.

    python client.py HOST PORT NOM

Hi treballen dos fils: el principal, i el que mostra tot el que arriba del servidor.
Un esdeveniment, `final`, els fa acabar. El teclat es deixa a un fil auxiliar.
"""

# L2. Crea el registre del client.


class Sessio:
    """El que comparteixen els fils del client."""

    def __init__(self, connexio):
        """Comença una sessió en una connexió amb el servidor."""
        # K2. Guarda la connexió, i crea l'esdeveniment de finalització.

        # K7. Apunta que el servidor encara no s'ha acomiadat, ni s'ha perdut.

    def mostra(self, linia):
        """Mostra una línia que ha arribat del servidor."""
        # K3. L'escriu a la pantalla.

        # K7. Recorda si és el comiat del servidor.


def main():
    """El fil principal."""
    # K1. Obté l'adreça i el port del servidor, i el nom de qui hi entra.

    # L2. Obre client.log; si no pot, ho diu i continua sense.

    # K2. Es connecta al servidor.
    # K7. Si no s'hi pot connectar, ho diu i acaba.

    # K7. Fa que el sistema noti si el servidor desapareix sense dir res.

    # K2. Comença la sessió.

    # K2. Diu el nom.

    # K3. Llança el fil que mostra el que arriba.

    # K4. Llança el fil auxiliar que envia el que s'escriu.

    # K6. Espera que l'esdeveniment de finalització sigui marcat.
    # K7. Ctrl-C és una altra manera d'escriure {quit}.
    # K5. Dona temps al servidor perquè acabi d'enviar, i tanca la connexió.

    # K7. Si s'ha perdut la connexió, acaba amb un estat de sortida que ho digui.


def llegeix_arguments():
    """Torna l'adreça, el port i el nom; si no són correctes, acaba amb l'estat 2."""
    # K1. Els llegeix de la línia d'ordres.


def gestiona_connexio(sessio):
    """El fil que mostra cada línia que arriba del servidor."""
    # K3. Mostra cada línia, tan bon punt arriba, fins que s'acaba la connexió.

    # K7. Si s'acaba sense comiat, i no és que marxem, s'ha perdut la connexió.

    # K6. Marca l'esdeveniment de finalització, perquè acabi el fil principal.


def gestiona_teclat(sessio):
    """El fil auxiliar que envia cada línia que s'escriu, fins a {quit}."""
    # K4. Llegeix cada línia que s'escriu al teclat.
        # K5. Amb {quit}, deixa de llegir.

        # K7. Si el text és massa llarg, ho diu i no l'envia.
        # K4. Envia cada línia, tal com s'ha escrit.
    # K5. Amb {quit}, o quan s'acaba l'entrada, marxa.


def marxa(sessio):
    """Diu al servidor que marxem."""
    # K5. Marca l'esdeveniment de finalització i envia {quit}.


if __name__ == "__main__":
    main()
