"""Exchange: customers out of other programs' files, and into them."""
