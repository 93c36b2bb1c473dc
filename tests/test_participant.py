"""Group P: what the server does for each participant."""

from tests.judge.people import GREETING, came_in, hello, left
from tests.judge.step import step


@step("P1")
def test_the_newcomer_is_greeted(scene):
    server = scene.server()
    server.arrives().gets(GREETING)


@step("P4")
def test_the_newcomer_is_told_that_it_is_in(scene):
    server = scene.server()
    anna = server.arrives().greeted()
    anna.says(anna.name)
    anna.gets(hello(anna.name, 1))


@step("P5")
def test_the_rest_are_told_of_the_newcomer(scene):
    server = scene.server()
    anna, berta = server.welcomes_all(2)
    carla = server.arrives()
    carla.enters(3)
    anna.gets(came_in(carla.name))
    berta.gets(came_in(carla.name))


@step("P8")
def test_a_message_reaches_the_rest_and_never_its_author(scene):
    server = scene.server()
    anna, berta, carla = server.welcomes_all(3)
    text, answer = scene.words.text(), scene.words.text()
    anna.says(text)
    berta.gets(f"[{anna.name}] {text}")
    carla.gets(f"[{anna.name}] {text}")
    berta.says(answer)
    # Her own text would have come before this one.
    anna.gets(f"[{berta.name}] {answer}")


@step("P10")
def test_quit_is_told_to_the_rest(scene):
    server = scene.server()
    anna, berta = server.welcomes_all(2)
    anna.says("{quit}")
    berta.gets(left(anna.name))
