"""Publishing: a clip on the accounts of the store that it was made for, once."""
