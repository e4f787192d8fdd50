"""The project: settings, addresses, the embedded parts and the site that ties the rooms together."""
