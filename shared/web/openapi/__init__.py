"""What `/openapi.json` of a service says beyond what the framework knows."""
