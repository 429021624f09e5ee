"""The door to JSON Schema: the only user of jsonschema and jsonschema-rs."""

from textcrm.validation.validator import Validator

__all__ = ["Validator"]
