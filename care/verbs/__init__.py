"""What people do to patient data: each verb checks the right and the scope, writes the row and its trace together."""
