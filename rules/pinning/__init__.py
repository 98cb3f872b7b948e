"""Rules on what is fetched without being held fast."""
