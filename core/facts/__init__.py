"""What the doctor looks at, one matter a file. Nothing here loads an engine, or torch into this process."""
