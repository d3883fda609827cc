"""What every drawing on paper needs: which fonts there are, which characters they have, the typesetter. Knows no noun of
the trade: what is drawn, and how it looks, belongs to the service that owns it."""
