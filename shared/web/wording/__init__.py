"""What is wrong with a request, in words: of its fields, their form, its content as a whole, and its address."""
