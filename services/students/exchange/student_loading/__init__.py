"""Takes the staged children in: what each is, its identifiers, demographics and contacts."""
