"""What the records say: who is due."""
