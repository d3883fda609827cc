"""The numbered forms of the notice as data and as workbooks, for every service that hands one out or takes one in."""
