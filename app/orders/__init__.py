"""Places, shows and cancels orders; see order.py for the states of one and service.py for what is promised."""
