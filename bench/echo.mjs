// A server in a process of its own: sends back what it gets, or with "sink" as its argument only counts it;
// tells its port first.
import net from "node:net";
import process from "node:process";

const isSink = process.argv[2] === "sink";
const server = net.createServer({ noDelay: true }, (socket) => {
  socket.on("error", () => {});
  if (!isSink) return void socket.on("data", (chunk) => socket.write(chunk));
  let bytes = 0;
  socket.on("data", (chunk) => {
    bytes += chunk.length;
    const answer = Buffer.alloc(8);
    answer.writeBigUInt64BE(BigInt(bytes));
    socket.write(answer);
  });
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit(0)).resume();
