"""How large something is: values with a 90 % interval, a method and an error budget."""
