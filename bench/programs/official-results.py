"""Downloads the results of a project with the vendor's own client, as its manual shows."""

import asyncio
import os
import sys

from cf_ai_platform_client import CFUserClient


async def main(destination: str, workers: int) -> None:
    client = CFUserClient.create_with_api_key(os.environ["AIDP_API_KEY"], os.environ["AIDP_BASE_URL"])
    async with client:
        summary = await client.download_project(
            project_id=os.environ["AIDP_PROJECT_ID"],
            space_id=os.environ["AIDP_SPACE_ID"],
            destination=destination,
            max_workers=workers,
            limit=100,
        )
    print(summary.successful)


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
