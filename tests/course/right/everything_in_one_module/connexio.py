"""La connexió per línies: és a xat.py, com tota la resta."""

from xat import Connexio, Estat

__all__ = ["Connexio", "Estat"]
