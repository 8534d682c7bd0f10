"""What ``make run`` does around the application: checks, preparation, and the programs kept running."""
