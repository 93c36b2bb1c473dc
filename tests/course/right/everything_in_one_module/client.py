"""El client del xat: python client.py HOST PORT NOM"""

import sys

import xat

if __name__ == "__main__":
    sys.exit(xat.client(*sys.argv[1:]))
