#!/usr/bin/env -S NODE_OPTIONS=--import=tsx npx zx
// The script and the notebook: `npx tsx scripts/02-four-causes.ts --help`

// %% [markdown]
// # Four causes, one at a time
//
// **Claim:** when the leader of the cluster of [the posted experiment](../docs/posted-experiment.md) fails, clients are served again only if replication and
// listeners are both fixed; after a kill, only if the quorum is fixed too; cold clients, only if the bootstrap list is fixed too. No acknowledged record is lost
// in any case.
//
// The posted cluster does not fail over, for four independent causes. Which fixes are enough? This notebook measures every combination of fixes, for a controlled
// shutdown (`docker stop`, SIGTERM) and for a kill (`docker kill`, SIGKILL).

// %% [markdown] {"lang":"ko"}
// # 네 가지 원인을 하나씩
//
// **주장:** [원문의 실험](../docs/posted-experiment.md)에 나온 클러스터에서 리더 브로커에 장애가 생기면, replication과 listeners를 둘 다 고친 경우에만 클라이언트가 다시 ack를 받습니다. kill이면 quorum도, 새(cold)
// 클라이언트라면 bootstrap 목록도 고쳐야 합니다. 어느 경우에도 ack를 받은 레코드는 사라지지 않습니다.
//
// 이 클러스터가 failover하지 못하는 원인은 서로 독립적인 네 가지입니다. 무엇을 고치면 충분합니까? controlled shutdown(`docker stop`, SIGTERM)과 kill(`docker kill`, SIGKILL)에 대해 모든 조합을 측정합니다.

// %% start
import { readable } from "@kafka-failure-lab/sdk";
import { finish, output, ownArguments, verdictWords } from "@kafka-failure-lab/sdk/scenario";
import {
  cellsOf,
  clientTable,
  clusterTable,
  COMBINATIONS,
  committedMatrix,
  describeCell,
  expected,
  HOWS,
  matrixOptions,
  matrixPicture,
  measureMatrix,
  missLines,
  saveMatrix,
  outcomeLines,
} from "@kafka-failure-lab/scripts/matrix";

const options = matrixOptions(ownArguments("--cells as-posted,all --timers fast --fresh"));
const { print, show } = output(options);

// %% [markdown]
// ## What Kafka's sources say
//
// - Only a member of the ISR may become leader. There is a second member only if the topic has a second replica *and* that replica's broker can connect to the
//   leader: fixing replication or listeners alone has no effect.
// - The controller elects leaders, and it needs a majority of the voters at that moment. During a controlled shutdown the broker is still a voter while its
//   leaders move. A killed broker is not, and one voter of two is no majority.
// - A client that starts after the fault knows only its bootstrap list.

// %% [markdown] {"lang":"ko"}
// ## Kafka 소스가 말하는 것
//
// - ISR의 구성원만 리더가 될 수 있습니다. 두 번째 구성원이 있으려면 토픽에 두 번째 replica가 있고, *또한* 그 replica의 브로커가 리더에 접속할 수 있어야 합니다. replication과 listeners는 하나만 고치면 효과가 없습니다.
// - 리더는 controller가 선출하며, 그 순간 voter의 과반수가 필요합니다. controlled shutdown 중인 브로커는 아직 voter이므로 리더를 옮길 수 있습니다. kill된 브로커는 voter가 아니고, 둘 중 하나는 과반수가 아닙니다.
// - 장애 뒤에 시작한 클라이언트는 자기 bootstrap 목록만 압니다.

// %% expected
const whole = cellsOf(COMBINATIONS, HOWS);
const served = whole.filter((cell) => expected(cell).cold);
print(
  `expected: warm and cold clients are served in ${served.length} of ${whole.length} cells: ` +
    `${served.map(describeCell).join("; ")}`,
);

// %% [markdown]
// ## What was measured
//
// Each run has four clients: warm (connected before the fault) and cold (started after it), each with one bootstrap server (the broker that fails) and with all.
// The script measures all 32 cells in about ten minutes. The notebook measures the posted cluster and the one with every fix, with fast timers; `--cells` in the
// first cell selects them.

// %% [markdown] {"lang":"ko"}
// ## 측정
//
// 실행마다 클라이언트가 넷입니다. warm(장애 전에 연결됨)과 cold(장애 뒤에 시작함), 각각 bootstrap 서버를 하나만(장애가 생길 브로커) 아는 것과 전부 아는 것입니다. 스크립트는 32칸을 모두 측정하며 10분쯤 걸립니다. 노트북은 원문 그대로의 클러스터와 전부 고친
// 클러스터만 빠른 타이머로 측정합니다. 첫 셀의 `--cells`로 칸을 고릅니다.

// %% measure
const matrix = await measureMatrix(options);
const [run] = matrix.runs;
print(
  `Kafka ${run!.kafka}, ${run!.engine} engine (${run!.from}), ${options.timers} timers; ${matrix.ran} of ` +
    `${matrix.runs.length} runs made now`,
);
for (const line of missLines(matrix.cells)) print(`not as expected: ${line}`);
await show(clientTable(matrix.cells));
for (const line of outcomeLines(matrix.runs)) print(line);

// %% [markdown]
// "Never" means not within the window. As posted, no client is served until the broker returns; with every fix, all clients are served, cold ones too.
//
// The table shows, before the fault and at its end: the leader, the ISR, and the active controller's node id; then the time from the broker's return until the
// last of the four clients was served, and until every replica was in sync.

// %% [markdown] {"lang":"ko"}
// "never"는 정해진 시간 안에 ack를 받지 못했다는 뜻입니다. 원문 그대로면 브로커가 돌아올 때까지 어느 클라이언트도 ack를 받지 못하고, 전부 고치면 cold 클라이언트까지 모두 받습니다.
//
// 표에는 장애 전과 끝의 리더, ISR, active controller의 node id가 있습니다. 그 옆은 브로커가 돌아온 뒤 네 클라이언트가 모두 ack를 받기까지, 그리고 모든 replica가 in-sync가 되기까지 걸린 시간입니다.

// %% cluster
await show(clusterTable(matrix.runs));

// %% [markdown]
// ## The whole matrix
//
// The committed results of all cells, with Kafka's own timers. Read them by column: with two fixes warm clients survive a stop, a kill needs three, and new
// clients need all four.

// %% [markdown] {"lang":"ko"}
// ## 전체 행렬
//
// Kafka의 기본 타이머로 측정해 저장소에 남긴 전체 결과입니다. 열 단위로 읽어 보십시오. stop은 두 가지를 고치면 warm 클라이언트가 ack를 받습니다. kill은 세 가지가 필요하고, 새 클라이언트는 네 가지를 모두 고쳐야 합니다.

// %% whole
const committed = options.isWhole ? matrix : committedMatrix(whole);
if (committed.mark) print(committed.mark);
await show(await matrixPicture(committed.cells));

// %% verdict
const claim =
  "clients are served again only where replication and listeners are fixed, after a kill only where the " +
  "quorum is fixed too, cold ones only where bootstrap is fixed too; nothing acknowledged is lost";
const misses = missLines(matrix.cells);
print(`\nclaim: ${claim}`);
print(
  `${verdictWords(matrix.verdict)}, judged on ${matrix.cells.length} of ${whole.length} cells; ` +
    `windows: stop ${readable(options.windowMs.stop)}, kill ${readable(options.windowMs.kill)}`,
);
if (options.save) print(`saved: ${saveMatrix(matrix, options)}`);
finish(options, {
  scenario: "02-four-causes",
  claim,
  verdict: matrix.verdict,
  exitCode: matrix.exitCode,
  figures: Object.fromEntries(
    matrix.cells.flatMap((cell) =>
      (["warm", "cold"] as const).map((client) => [
        `${describeCell(cell)}: ${client}`,
        { ms: cell[client], within: [0, options.windowMs[cell.how]] as const },
      ]),
    ),
  ),
  misses,
  cells: matrix.cells,
  ran: matrix.ran,
  runs: matrix.runs.map(({ run }) => run),
  engine: run!.engine,
  kafka: run!.kafka,
  timers: options.timers,
  windowMs: options.windowMs,
  file: matrix.file,
});
