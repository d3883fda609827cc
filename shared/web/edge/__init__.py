"""What every request passes before an application sees it, and every answer on its way out."""
