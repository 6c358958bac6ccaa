"""The pages where people see what is said and what calls for them. Rendered here; they work without scripts."""
