"""What things cost, measured; never part of the tests."""
