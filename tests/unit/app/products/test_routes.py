"""The catalogue over HTTP."""

import asyncio
from typing import Any

import httpx
import pytest

from app.products.main import create_app
from app.products.schemas import Page, Product
from tests.support import TokenMaker, started
from tests.unit.app.products.conftest import AddProduct, MakeSettings

pytestmark = pytest.mark.anyio

BOWL = {"slug": "bowl", "name": "Bowl", "category": "ceramics", "price_cents": 1200, "stock": 5, "picture": "bowl"}


async def slugs(products: httpx.AsyncClient, **query: Any) -> list[str]:
    answer = await products.get("/products", params=query)
    assert answer.status_code == 200, answer.text
    return [item["slug"] for item in answer.json()["items"]]


async def test_pages_visit_every_product_once_in_order(products: httpx.AsyncClient, add_product: AddProduct) -> None:
    for number in (4, 1, 3, 0, 2):
        await add_product(f"cup-{number}")
    seen, cursor = [], None
    for _ in range(3):
        page = (await products.get("/products", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))).json()
        seen += [item["slug"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert seen == [f"cup-{number}" for number in range(5)]
    assert cursor is None


async def test_the_fast_page_is_exactly_what_the_document_promises(
    products: httpx.AsyncClient, add_product: AddProduct
) -> None:
    made = await add_product("cup", description="Ñandú “glaze”")
    raw = (await products.get("/products")).json()
    assert raw == {"items": [made], "next_cursor": None}
    assert set(made) == set(Product.model_fields)
    assert Page.model_validate(raw, strict=True).items[0].name == "Cup"


@pytest.mark.parametrize("cursor", ["nonsense", "AAAA", "é", "a" * 40])
async def test_a_cursor_that_is_not_ours_is_refused(products: httpx.AsyncClient, cursor: str) -> None:
    answer = await products.get("/products", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (400, "invalid-cursor")


async def test_a_cursor_of_one_search_is_refused_for_another(
    products: httpx.AsyncClient, add_product: AddProduct
) -> None:
    for number in range(2):
        await add_product(f"cup-{number}")
    page = (await products.get("/products", params={"limit": 1, "q": "cup"})).json()
    answer = await products.get("/products", params={"cursor": page["next_cursor"], "q": "jug"})
    assert answer.status_code == 400


async def test_words_are_found_by_their_beginning_in_name_description_and_category_without_case_or_accents(
    products: httpx.AsyncClient, add_product: AddProduct
) -> None:
    await add_product("jug", name="Jarrón de água", description="Holds one LITRE", category="ceramics")
    await add_product("board", name="Olive Board", category="kitchen")
    assert await slugs(products, q="jarron") == ["jug"]
    assert await slugs(products, q="ÁGUA lit") == ["jug"]
    assert await slugs(products, q="kitch") == ["board"]
    assert await slugs(products, q="olive litre") == []
    assert await slugs(products, q="  ") == ["board", "jug"]


@pytest.mark.parametrize("query", [".*", "^", "(", "$where", "\\", "[a-z]", "o.ive", "live"])
async def test_a_search_is_words_and_never_a_pattern(
    products: httpx.AsyncClient, add_product: AddProduct, query: str
) -> None:
    await add_product("board", name="Olive Board")
    assert await slugs(products, q=query) == []


async def test_a_category_narrows_the_list(products: httpx.AsyncClient, add_product: AddProduct) -> None:
    await add_product("a", category="kitchen")
    await add_product("b", category="ceramics")
    assert await slugs(products, category="kitchen") == ["a"]


async def test_a_product_is_read_by_id_or_slug_and_not_sent_twice(
    products: httpx.AsyncClient, add_product: AddProduct
) -> None:
    made = await add_product("cup")
    by_id = await products.get(f"/products/{made['id']}")
    by_slug = await products.get("/products/cup")
    assert by_id.json() == by_slug.json() == made
    assert by_id.headers["etag"] == '"1"'
    again = await products.get("/products/cup", headers={"If-None-Match": '"1"'})
    assert (again.status_code, again.content) == (304, b"")
    assert (await products.get("/products/saucer")).status_code == 404


async def test_only_staff_changes_the_catalogue(products: httpx.AsyncClient, tokens: TokenMaker) -> None:
    assert (await products.post("/products", json=BOWL)).status_code == 401
    assert (await products.post("/products", json=BOWL, headers=tokens.bearer())).status_code == 403
    service = tokens.service("orders", "products")
    assert (await products.post("/products", json=BOWL, headers=service)).status_code == 403


async def test_a_slug_is_taken_once(products: httpx.AsyncClient, staff: dict[str, str]) -> None:
    answers = await asyncio.gather(*(products.post("/products", json=BOWL, headers=staff) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_a_change_needs_the_version_it_is_based_on(
    products: httpx.AsyncClient, add_product: AddProduct, staff: dict[str, str]
) -> None:
    made = await add_product("cup")
    url, change = f"/products/{made['id']}", {"price_cents": 900}
    assert (await products.patch(url, json=change, headers=staff)).status_code == 428
    assert (await products.patch(url, json=change, headers=staff | {"If-Match": '"7"'})).status_code == 412
    assert (await products.patch(url, json=change, headers=staff | {"If-Match": "W/nonsense"})).status_code == 412
    changed = await products.patch(url, json=change, headers=staff | {"If-Match": '"1"'})
    assert (changed.status_code, changed.headers["etag"], changed.json()["price_cents"]) == (200, '"2"', 900)
    assert (await products.patch("/products/none", json=change, headers=staff | {"If-Match": '"1"'})).status_code == 404


async def test_of_many_changes_to_one_version_at_once_one_succeeds(
    products: httpx.AsyncClient, add_product: AddProduct, staff: dict[str, str]
) -> None:
    made = await add_product("cup")
    headers = staff | {"If-Match": '"1"'}
    answers = await asyncio.gather(
        *(products.patch(f"/products/{made['id']}", json={"stock": n}, headers=headers) for n in range(6))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 5


async def test_a_renamed_product_is_found_by_its_new_name_only(
    products: httpx.AsyncClient, add_product: AddProduct, staff: dict[str, str]
) -> None:
    await add_product("cup", name="Plain Mug")
    await products.patch("/products/cup", json={"name": "Cobalt Tumbler"}, headers=staff | {"If-Match": '"1"'})
    assert (await slugs(products, q="tumbler"), await slugs(products, q="mug")) == (["cup"], [])


async def test_a_withdrawn_product_is_kept_but_not_listed(
    products: httpx.AsyncClient, add_product: AddProduct, staff: dict[str, str]
) -> None:
    await add_product("cup")
    gone = await products.delete("/products/cup", headers=staff | {"If-Match": '"1"'})
    assert (gone.status_code, gone.content) == (204, b"")
    assert await slugs(products) == []
    assert (await products.get("/products/cup")).json()["withdrawn"] is True


async def test_a_fresh_stack_opens_with_the_catalogue_and_keeps_what_staff_changed(
    make_settings: MakeSettings, tokens: TokenMaker, staff: dict[str, str]
) -> None:
    settings = make_settings(seed_catalogue=True)
    async with started(create_app(settings, keys=tokens.keys)) as products:
        first = await slugs(products, limit=100)
        await products.patch(f"/products/{first[0]}", json={"stock": 1}, headers=staff | {"If-Match": '"1"'})
    async with started(create_app(settings, keys=tokens.keys)) as products:
        assert await slugs(products, limit=100) == first
        assert (await products.get(f"/products/{first[0]}")).json()["stock"] == 1
    assert len(first) == len(set(first)) == 24
