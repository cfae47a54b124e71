"""Who somebody is: accounts, sign-in, and the tokens the other services trust."""
