"""Words of English and Filipino that every note has, and nobody looks for."""

from __future__ import annotations

ENGLISH = """
    a about after again all also am an and any are as at be because been before being but by can
    could did do does doing down during each few for from further had has have having he her here
    hers him his how i if in into is it its just me more most my no nor not now of off on once only
    or other our out over own same she should so some such than that the their them then there these
    they this those through to too under until up very was we were what when where which while who
    whom why will with would you your
"""
FILIPINO = """
    ako akin aking amin aming ang ano atin ating ay ba bakit bago dahil dapat daw din dito diyan
    doon habang hanggang hindi ikaw ito iyon iyan ka kami kanila kanilang kanya kanyang kapag kasi
    kay kaya kayo ko kung lahat lang man mang mas mga mo muna na namin nang nandito nasa natin ng
    nga ngayon ni nila nilang nito niya niyang niyo niyon nya o pa pala para pati pero po raw rin sa
    saan sana si sila sino siya sya tayo tungkol upang wala yan yung
"""
STOP_WORDS = frozenset((ENGLISH + FILIPINO).split())
