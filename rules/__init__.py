"""What dcache reports: a folder for each theme, a file for each rule, and what they share."""
