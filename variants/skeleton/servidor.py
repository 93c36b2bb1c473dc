"""El servidor del xat.

    python servidor.py [HOST] [PORT]

Hi treballen tres menes de fil: el principal, que atén la consola; el que gestiona
les peticions dels clients que volen entrar; i un per a cada participant. Un
esdeveniment, `final`, els fa acabar tots. La sala és l'única cosa que comparteixen.
"""

# L1. Crea el registre del servidor.


class Participant:
    """Algú que és al xat: la seva connexió i el seu nom."""

    def __init__(self, connexio, nom):
        """Fa un participant que encara no és a cap sala."""
        # P4. Guarda la connexió i el nom.


class Sala:
    """Els participants actius, i el candau que en guarda la llista.

    Tots els fils la fan servir alhora: cada mètode agafa el candau, i així tothom
    veu les mateixes línies en el mateix ordre.
    """

    def __init__(self, final):
        """Fa una sala buida, oberta fins que l'esdeveniment `final` sigui marcat."""
        # F3. Crea la llista de participants actius, i el candau que la guarda.

        # R5. Crea el semàfor que compta quants llocs queden lliures.

    def entra(self, participant):
        """Fa entrar el participant al xat."""
        # F3. Agafa el candau: mentrestant, ningú més no entra, ni surt, ni diu res.
            # P11. Un cop el xat s'acaba, ja no hi entra ningú.

            # P4. Informa el nou participant que ha estat admès al xat.

            # P6. Afegeix el nou participant, connexió i nom, als participants actius.

            # P5. Presenta el nou participant a la resta.

    def diu(self, autor, text):
        """Fa arribar als altres el que diu un participant."""
        # F3. Agafa el candau: cada línia arriba a tothom abans que la següent.
            # P13. De qui ja no és a la llista, no en diu res.

            # P8. Tria a qui ho diu: a tots els participants, menys a l'autor.

            # P8. Ho diu, amb el nom de l'autor al davant.

    def lliura(self, linia, destinataris):
        """Envia la línia a cada un dels destinataris."""
        # F3. Agafa el candau: ningú no surt de la llista a mig enviar.
            # P11. Un cop el xat s'acaba, ja no envia res més.

            # P13. Prepara la llista dels qui no la podran rebre.

            # P8. Envia la línia a cada destinatari.

                # P13. Si no l'ha rebuda, l'apunta.

            # P13. Quan ja l'ha enviada a tothom, dona per perduts els que ha apuntat.

    def abandona(self, participant):
        """Treu el participant, que se'n va, i ho diu a la resta."""
        # P10. L'elimina de la llista i notifica a la resta que ha abandonat el xat.

    def perd(self, participant):
        """Treu el participant, que s'ha perdut, i ho diu a la resta."""
        # P12. L'elimina i notifica a la resta que se n'ha perdut la connexió.

    def treu(self, participant):
        """Treu el participant de la llista; torna `True` si encara hi era."""
        # P10. L'elimina només si encara hi és: de cada un hi ha un sol comiat.

    def noms(self):
        """Torna els noms dels participants, per ordre d'arribada."""
        # F3. Agafa el candau: la llista no canvia mentre la llegeix.


def main():
    """El fil principal."""
    # F1. Obté les dades de configuració del servei: l'adreça i el port.

    # L1. Obre servidor.log; si no pot, ho diu i continua sense.

    # F5. Prepara la sortida, abans que hi escrigui cap fil: en UTF-8, línia a línia.

    # F2. Crea l'esdeveniment de finalització.

    # F3. Crea la sala, amb la llista de participants actius.

    # F4. Llança el fil de gestió de peticions.

    # F7. Tracta SIGTERM, el senyal d'acabar, com si fos Ctrl-C.

    # F5. Rep i processa les ordres de la consola, fins que s'acaba el xat.
    # F7. Ctrl-C és una altra manera de dir «finalitza».
    # F6. Marca l'esdeveniment de finalització, perquè la resta de fils acabin.
        # R2. Si ja era marcat, és que no s'ha pogut escoltar.

    # R2. Acaba amb un estat de sortida que ho digui.


def gestiona_consola(sala, final):
    """Processa les ordres, fins a «finalitza» o fins que `final` és marcat."""
    # F5. Deixa el teclat a un fil auxiliar, i mira què s'hi ha escrit.
        # F6. Deixa d'atendre la consola: el fil principal acabarà el xat.
        # F7. Diu que no entén l'ordre, si no és una línia buida.


def llegeix_teclat(ordres):
    """Posa a la cua cada línia del teclat. És un fil auxiliar: pot quedar esperant."""
    # F5. Llegeix el teclat a part: una lectura que espera no es pot interrompre.


def llegeix_arguments():
    """Torna l'adreça i el port; si no són correctes, ho diu i acaba amb l'estat 2."""
    # F1. Els llegeix de la línia d'ordres; el que hi falta és 127.0.0.1 i 8888.


def gestiona_peticions(host, port, sala, final):
    """El fil que rep els clients que volen entrar al xat."""
    # R1. Crea el sòcol de servidor.
    # R2. Si hi ha problemes per crear-lo, marca l'esdeveniment de finalització.

    # P12. Fa que el sistema noti els participants que desapareixen sense dir res.

    # R3. Escolta el sòcol de servidor, per si arriben peticions de nous clients.
        # R4. Si el client ja se n'ha anat, no passa res.
        # R4. Si hi ha problemes per escoltar, marca l'esdeveniment de finalització.

        # R7. Acaba quan l'esdeveniment de finalització és marcat.

    # R8. Tanca el sòcol de servidor.


def admet(connexio, client, sala, final):
    """Dona un fil al client que acaba d'arribar, si hi ha lloc."""
    # R5. Si no hi ha lloc per a ningú més, ho diu al client i tanca.

    # R6. Llança un fil de gestió de participant per al nou client.


def gestiona_participant(connexio, sala, final):
    """El fil d'un participant, des que es connecta fins que se'n va."""
    # P1. Envia la benvinguda al nou participant i li demana el nom.

    # P2. Escolta el sòcol del participant per obtenir-ne el nom.

    # P3. Si el nom no és vàlid, ho diu al client i acaba; la resta no en sap res.
        # L3. Registra que s'ha refusat un nom, i mai quin: pot ser qualsevol cosa.

    # P4. El fa entrar a la sala, amb la seva connexió i el seu nom.

    # P7. Escolta el sòcol del participant, per rebre'n els missatges.
        # P9. Si el missatge és massa llarg, ho diu al seu autor i no el reenvia.
        # P8. Reenvia cada missatge a la resta, si no és en blanc.

    # P10. Quan rep {quit}, l'elimina de la llista i ho notifica a la resta.
    # P11. Quan l'esdeveniment de finalització és marcat, notifica que es tanca.
    # P12. Si se n'ha perdut la connexió, l'elimina i ho notifica a la resta.
    # P14. En acabar el fil, sigui com sigui, tanca el sòcol.
        # R5. Deixa el lloc lliure per a algú altre.


def espera_resposta(connexio, final):
    """Torna la línia que respon el client, o `None` si se'n va o no en respon cap."""
    # P3. Apunta fins quan pot trigar a respondre: TEMPS_NOM, deu segons.

    # P2. Espera la primera línia que envia el client.
        # P11. Si mentrestant s'acaba el xat, ho notifica al client.

        # P3. Si s'ha exhaurit el temps, ja no espera més.


def espera_linia(connexio, final):
    """Torna `(estat, missatge)`; l'estat és TIMEOUT només si `final` és marcat."""
    # P7. Espera una línia o un ERROR, i cada vegada mira si el xat s'acaba.


if __name__ == "__main__":
    main()
