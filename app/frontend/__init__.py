"""The web shop: pages made on the server, which work without JavaScript."""
