// Starts tslab with three faults mended. Plain JavaScript: it is run before anything that could compile it.
//
// - zeromq.js takes one message at a time, and the 512th in one turn of the event loop is not sent at once. tslab does not wait for it, so what follows
//   is refused and lost, among it the word that the cell is done: a cell that prints much seems to run for ever. Here messages wait in line.
// - Asked to shut down, tslab closes its sockets and goes on for as long as anything else is open, such as a probe's connection. Here it ends,
//   and the guardian of an open lab does the rest at once. Jupyter would wait for five seconds before it ends the process itself.
// - What a notebook imports, tslab checks file by file, and then says nothing of what it found: only errors in the kernel's own folder are told. The lab is
//   some two hundred files, and the first cell took five seconds of processor time more for that. Here only the kernel's own folder is checked.

const path = require("node:path");
const process = require("node:process");

const tslab = path.join(__dirname, "../../../../node_modules/tslab/dist");
checkOwnOnly(require.resolve("@tslab/typescript-for-tslab", { paths: [tslab] }));
const { ZmqServer } = require(path.join(tslab, "jupyter.js"));
const { init, close } = ZmqServer.prototype;
const SENDERS = ["iopub", "shell", "control", "hb"];

ZmqServer.prototype.init = async function () {
  await init.call(this);
  for (const name of SENDERS) this[name] = inLine(this[name]); // reading goes on from the sockets themselves, which cannot be changed
};

ZmqServer.prototype.close = async function () {
  await Promise.all(SENDERS.map((name) => this[name].sent()));
  close.call(this);
  process.exit(0);
};

/** Has compilers made to which a cell depends on nothing but its own folder. TypeScript's properties cannot be changed, so tslab is given a copy of it. */
function checkOwnOnly(file) {
  const typescript = require(file);
  const isOwn = (name) => !path.relative(process.cwd(), name).startsWith("..");
  const value = (...args) => {
    const host = typescript.createWatchCompilerHost(...args);
    const { createProgram } = host;
    host.createProgram = (...options) => {
      const builder = createProgram(...options);
      const { getAllDependencies } = builder;
      builder.getAllDependencies = (of) => getAllDependencies(of).filter(isOwn);
      return builder;
    };
    return host;
  };
  require.cache[file].exports = Object.defineProperties({}, { ...Object.getOwnPropertyDescriptors(typescript), createWatchCompilerHost: { enumerable: true, value } });
}

/** Makes each message wait for the one before; `sent` resolves when none waits. */
function inLine(socket) {
  let last = Promise.resolve();
  return {
    send: (message) => (last = last.then(() => socket.send(message)).catch(() => {})),
    sent: () => last,
    close: () => socket.close(),
  };
}

require(path.join(tslab, "main.js")).main();
