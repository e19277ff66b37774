// Starts tslab with two faults mended. Plain JavaScript: it is run before anything that could compile it.
//
// - zeromq.js takes one message at a time, and the 512th in one turn of the event loop is not sent at once. tslab does not wait for it, so what follows
//   is refused and lost, among it the word that the cell is done: a cell that prints much seems to run for ever. Here messages wait in line.
// - Asked to shut down, tslab closes its sockets and goes on for as long as anything else is open, such as a probe's connection. Here it ends,
//   and the guardian of an open lab does the rest at once. Jupyter would wait for five seconds before it ends the process itself.

const path = require("node:path");
const process = require("node:process");

const tslab = path.join(__dirname, "../../../../node_modules/tslab/dist");
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
