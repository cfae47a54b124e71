"""The parts of the running application that routes ask for."""

from typing import Annotated

from fastapi import Depends, Request

from app.frontend.account import Account
from app.frontend.pages import Pages
from app.frontend.service import Shop


async def _shop(request: Request) -> Shop:
    found: Shop = request.app.state.shop
    return found


async def _account(request: Request) -> Account:
    found: Account = request.app.state.account
    return found


async def _pages(request: Request) -> Pages:
    found: Pages = request.app.state.pages
    return found


ShopDep = Annotated[Shop, Depends(_shop)]
AccountDep = Annotated[Account, Depends(_account)]
PagesDep = Annotated[Pages, Depends(_pages)]
