// The page and the data that are committed: the page is made of the newest data of producers and of groups.

import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { readData, type TableData } from "./data.ts";
import { type GroupTableData, readGroupData } from "./groups/data.ts";
import { GROUP_MISSES } from "./groups/misses.ts";
import { MISSES } from "./misses.ts";
import { pageText } from "./page.ts";

/** The page's file. */
export const PAGE: string = fileURLToPath(new URL("./README.md", import.meta.url));

const FOLDERS = { producers: "./data/", groups: "./groups/data/" } as const;

/** The data file of a day. */
export function dataFile(of: keyof typeof FOLDERS, date: string): string {
  return path.join(folderOf(of), `${date}.json`);
}

/** The newest data file; undefined: there is none. */
export function newestFile(of: keyof typeof FOLDERS): string | undefined {
  const folder = folderOf(of);
  const [newest] = existsSync(folder) ? readdirSync(folder).sort().reverse() : [];
  return newest === undefined ? undefined : path.join(folder, newest);
}

/** The page of what was measured now, and of the newest data of the rest. */
export function pageOf({ producers, groups }: { producers?: TableData; groups?: GroupTableData }): string {
  const [producersFile, groupsFile] = [newestFile("producers"), newestFile("groups")];
  const first = producers ?? (producersFile === undefined ? EMPTY : readData(producersFile));
  const second = groups ?? (groupsFile === undefined ? undefined : readGroupData(groupsFile));
  return pageText(first, MISSES, second && { data: second, why: GROUP_MISSES });
}

const EMPTY: TableData = { date: "1970-01-01", rows: [], failed: [], skipped: [] };

function folderOf(of: keyof typeof FOLDERS): string {
  return fileURLToPath(new URL(FOLDERS[of], import.meta.url));
}
