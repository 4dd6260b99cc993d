"""How the built-in sentence model is made: ``make train-sentences`` runs :mod:`.train`."""
