// Stands for tslab's own program: the script that it is given takes itself for a notebook's cells.

const process = require("node:process");
const { pathToFileURL } = require("node:url");

import(pathToFileURL(process.argv[2]).href);
