"""El servidor del xat: python servidor.py [HOST] [PORT]"""

import sys

import xat

if __name__ == "__main__":
    sys.exit(xat.servidor(*sys.argv[1:]))
