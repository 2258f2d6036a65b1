from crm.models.owner import Owner

__all__ = ["Owner"]
