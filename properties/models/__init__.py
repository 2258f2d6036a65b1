from properties.models.area import Area
from properties.models.listing import Listing

__all__ = ["Area", "Listing"]
