// Which flags of a compose file may reach a Java of this machine: those of a list, and nothing else.

import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isAllowedFlag } from "../../sdk/compose/java-flags.ts";
import { assertSupported, kafkaServices, parseCompose, unsupportedKeys } from "../../sdk/compose/mod.ts";
import type { ComposeProject } from "../../sdk/compose/mod.ts";

const allowed = [
  "-server",
  "-Xms64m",
  "-Xmx1G",
  "-Xmn16k",
  "-Xss1048576",
  "-XX:+UseG1GC",
  "-XX:-UseSerialGC",
  "-XX:+UseZGC",
  "-XX:+ExitOnOutOfMemoryError",
  "-XX:+ExplicitGCInvokesConcurrent",
  "-XX:+UnlockExperimentalVMOptions",
  "-XX:MaxGCPauseMillis=20",
  "-XX:InitiatingHeapOccupancyPercent=35",
  "-XX:MaxInlineLevel=15",
  "-XX:MaxRAMPercentage=75.0",
  "-XX:MetaspaceSize=96m",
  "-XX:G1HeapRegionSize=16M",
  "-Djava.awt.headless=true",
  "-Djava.awt.headless",
  "-Djava.net.preferIPv4Stack=true",
  "-Dfile.encoding=UTF-8",
  "-Dsun.net.inetaddr.ttl=60",
  "-Dname=broker-1",
];
for (const flag of allowed) test(`isAllowedFlag() ${flag}`, () => assert.ok(isAllowedFlag(flag)));

// commands, further flags, code, files, the lab's own; and what looks like an allowed flag
const REFUSED = [
  "-XX:OnOutOfMemoryError=touch${IFS}/tmp/x",
  "-XX:OnOutOfMemoryError=reboot",
  "-XX:OnError=gdb",
  "-XX:Flags=.hotspotrc",
  "-XX:VMOptionsFile=x",
  "-XX:+ReadVMOptionsFile",
  "-XX:CompileCommandFile=x",
  "-XX:CompileCommand=print,*.*",
  "-XX:SharedArchiveFile=x",
  "-XX:ArchiveClassesAtExit=x",
  "-XX:NativeMemoryTracking=detail",
  "-XX:StartFlightRecording=filename=x",
  "-XX:FlightRecorderOptions=repository=x",
  "-XX:+UnlockDiagnosticVMOptions",
  "-XX:+CrashOnOutOfMemoryError",
  "-XX:ErrorFile=x",
  "-XX:LogFile=x",
  "-XX:AllocateHeapAt=x",
  "-XX:+PerfDataSaveToFile",
  "-XX:+useG1GC",
  "-XX:UseG1GC",
  "-XX:+MaxGCPauseMillis",
  "-XX:MaxGCPauseMillis=20;reboot",
  "-XX:MaxGCPauseMillis=",
  "-XX:MaxGCPauseMillis=20\n-XX:OnError=x",
  "-Xmx1g\n",
  "-Xmx$(id)",
  "-Xmx",
  "-Xshare:dump",
  "-Xlog:file=x",
  "-Xlog:all=info:file=x",
  "-Xloggc:x",
  "-Xbootclasspath/a:x",
  "-Xrunjdwp:transport=dt_socket",
  "-Xdebug",
  "-Xint",
  "-javaagent:x.jar",
  "-agentlib:jdwp=transport=dt_socket,server=y,address=*:5005",
  "-agentpath:x.so",
  "--add-opens=java.base/java.lang=ALL-UNNAMED",
  "--patch-module",
  "-cp",
  "-classpath",
  "-jar",
  "-version",
  "@args",
  "@/etc/args",
  "kafka.Kafka",
  "-Djava.ext.dirs=x",
  "-Djava.endorsed.dirs=x",
  "-Djava.security.manager=x",
  "-Djava.security.properties=x",
  "-Djava.security.auth.login.config=x",
  "-Djava.system.class.loader=x",
  "-Djava.io.tmpdir=x",
  "-Djava.library.path=x",
  "-Djava.class.path=x",
  "-Djava.rmi.server.codebase=http:x",
  "-Djavax.net.ssl.trustStore=x",
  "-Djavax.xml.parsers.SAXParserFactory=x",
  "-Dcom.sun.jndi.ldap.object.trustURLCodebase=true",
  "-Dsun.boot.library.path=x",
  "-Djdk.net.hosts.file=x",
  "-Djdk.module.path=x",
  "-Dlog4j.configuration=x",
  "-Dlog4j2.configurationFile=http:x",
  "-Dlog4j2.formatMsgNoLookups=false",
  "-Dorg.xerial.snappy.lib.path=x",
  "-DZstdNativePath=x",
  "-Dorg.apache.kafka.disallowed.login.modules=",
  "-Dkafka.failure.lab=other/1/1/end/x",
  "-Dkafka.logs.dir=x",
  "-Duser.home=x",
  "-Duser.dir=x",
  "-Djava.awt.headless=true;id",
  "-Djava.awt.headless=$(id)",
  "-Dname=../../x",
  "-Dname=a b",
  "-D",
  "-D=x",
  "-Dconstructor.x=1",
  "-D__proto__=x",
  "",
  "-",
  "--",
];
for (const flag of REFUSED)
  test(`isAllowedFlag() refuses ${JSON.stringify(flag)}`, () => assert.not(isAllowedFlag(flag)));

test("isAllowedFlag() takes no flag that has a character of a path, of a shell or of a line in it", () => {
  const around = fc.tuple(
    fc.constantFrom(...allowed),
    fc.nat(),
    fc.constantFrom(..."/\\;|&$`'\"<>(){}@ \n\r\t\0"),
  );
  fc.assert(
    fc.property(around, ([flag, at, character]) => {
      const cut = at % (flag.length + 1);
      assert.not(isAllowedFlag(`${flag.slice(0, cut)}${character}${flag.slice(cut)}`));
    }),
    { seed: 14, numRuns: 2000 },
  );
});

const VARIABLES = [
  "KAFKA_HEAP_OPTS",
  "KAFKA_JVM_PERFORMANCE_OPTS",
  "KAFKA_OPTS",
  "JAVA_TOOL_OPTIONS",
  "JDK_JAVA_OPTIONS",
  "_JAVA_OPTIONS",
];

function project(variable: string, value: string): ComposeProject {
  const text = `services:
  k:
    image: apache/kafka:3.9.2
    environment:
      KAFKA_PROCESS_ROLES: broker,controller
      KAFKA_NODE_ID: 1
      KAFKA_CONTROLLER_QUORUM_VOTERS: 1@k:9093
      ${variable}: ${JSON.stringify(value.replaceAll("$", "$$$$"))}
`;
  return parseCompose([{ file: "c.yml", text }]);
}

for (const variable of VARIABLES) {
  for (const flag of ["-XX:OnOutOfMemoryError=touch${IFS}x", "-Xshare:dump", "-javaagent:x.jar", "@args"]) {
    test(`unsupportedKeys() ${variable}: ${flag}`, () => {
      const found = unsupportedKeys(project(variable, `-Xmx64m ${flag}`));
      assert.equal(
        found.map(({ key, location }) => [key, location]),
        [[`${variable} ${flag.split("=")[0]}`, { file: "c.yml", line: 8 }]],
      );
    });
  }
  test(`kafkaServices() passes on what is allowed of ${variable}, or assertSupported() says that it does not`, () => {
    const given = project(variable, "-Xmx64m -XX:+UseG1GC");
    const { heap, performance, more } = kafkaServices(given)[0]!.java;
    const passed = [...(heap ?? []), ...(performance ?? []), ...more];
    const isPassed = variable.startsWith("KAFKA_");
    assert.equal(passed, isPassed ? ["-Xmx64m", "-XX:+UseG1GC"] : []);
    assert.is(assertSupported(given).length, isPassed ? 0 : 1);
  });
}

test("kafkaServices() passes nothing on that unsupportedKeys() tells of", () => {
  for (const variable of VARIABLES) {
    const { java } = kafkaServices(project(variable, REFUSED.join(" ")))[0]!;
    const passed = [...(java.heap ?? []), ...(java.performance ?? []), ...java.more];
    assert.equal(
      passed.filter((flag) => !isAllowedFlag(flag)),
      [],
      variable,
    );
  }
});
test.run();
