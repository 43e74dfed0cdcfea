"""What speaks Accelergy: its tables, compound classes, class library and configuration."""
