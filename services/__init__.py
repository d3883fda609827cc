"""The services. None imports another; they share `shared.contracts` and talk through events and HTTP."""
