// The flags of Java that a compose file may give a broker of this machine: each by its exact name and the
// form of its value.
//
// A list of what is harmful would never be whole. Java runs commands (-XX:OnOutOfMemoryError), reads
// further flags from files (-XX:Flags, @file), loads code (-javaagent, -agentpath, -Xbootclasspath) and
// writes where it is told to (-Xlog:file, -XX:ErrorFile), and each release adds to that. Sizes, numbers and
// switches of the heap, the collectors and the compilers do none of it.

const SIZE = String.raw`\d{1,12}[kKmMgGtT]?`;
const NUMBER = String.raw`\d{1,18}(?:\.\d{1,9})?[kKmMgGtT]?`;
const SWITCH = "(?:=(?:true|false))?";

/** Switches: `-XX:+Name` and `-XX:-Name`. */
const SWITCHES =
  "AlwaysPreTouch BackgroundCompilation ClassUnloading ClassUnloadingWithConcurrentMark " +
  "CMSClassUnloadingEnabled CMSParallelRemarkEnabled CMSScavengeBeforeRemark CompactStrings " +
  "DisableExplicitGC DoEscapeAnalysis DontCompileHugeMethods EliminateAllocations EliminateLocks " +
  "ExitOnOutOfMemoryError ExplicitGCInvokesConcurrent G1PeriodicGCInvokesConcurrent G1UseAdaptiveIHOP " +
  "OmitStackTraceInFastThrow OptimizeStringConcat ParallelRefProcEnabled PerfDisableSharedMem " +
  "ScavengeBeforeFullGC SegmentedCodeCache ShowCodeDetailsInExceptionMessages ShrinkHeapInSteps " +
  "StackTraceInThrowable TieredCompilation UnlockExperimentalVMOptions UseAdaptiveSizePolicy " +
  "UseBiasedLocking UseCMSInitiatingOccupancyOnly UseCodeCacheFlushing UseCompactObjectHeaders " +
  "UseCompressedClassPointers UseCompressedOops UseConcMarkSweepGC UseContainerSupport " +
  "UseCountedLoopSafepoints UseDynamicNumberOfCompilerThreads UseDynamicNumberOfGCThreads UseEpsilonGC " +
  "UseG1GC UseGCOverheadLimit UseLargePages UseNUMA UseParallelGC UseParallelOldGC UseParNewGC " +
  "UsePerfData UseSerialGC UseShenandoahGC UseStringDeduplication UseThreadPriorities UseTLAB " +
  "UseTransparentHugePages UseZGC ZGenerational ZProactive ZUncommit";

/** Numbers and sizes: `-XX:Name=value`. */
const NUMBERS =
  "ActiveProcessorCount AutoBoxCacheMax CICompilerCount CMSInitiatingOccupancyFraction CompileThreshold " +
  "CompressedClassSpaceSize ConcGCThreads FreqInlineSize G1ConcRefinementThreads G1HeapRegionSize " +
  "G1HeapWastePercent G1MaxNewSizePercent G1MixedGCCountTarget G1MixedGCLiveThresholdPercent " +
  "G1NewSizePercent G1PeriodicGCInterval G1ReservePercent G1RSetUpdatingPauseTimePercent " +
  "GCHeapFreeLimit GCPauseIntervalMillis GCTimeLimit GCTimeRatio InitialCodeCacheSize InitialHeapSize " +
  "InitialRAMPercentage InitialSurvivorRatio InitiatingHeapOccupancyPercent InlineSmallCode " +
  "LargePageSizeInBytes MaxDirectMemorySize MaxGCPauseMillis MaxHeapFreeRatio MaxHeapSize " +
  "MaxInlineLevel MaxInlineSize MaxMetaspaceFreeRatio MaxMetaspaceSize MaxNewSize MaxRAM MaxRAMFraction " +
  "MaxRAMPercentage MaxTenuringThreshold MetaspaceSize MinHeapFreeRatio MinHeapSize " +
  "MinMetaspaceFreeRatio MinRAMPercentage NewRatio NewSize NonNMethodCodeHeapSize " +
  "NonProfiledCodeHeapSize ParallelGCThreads ProfiledCodeHeapSize ReservedCodeCacheSize " +
  "ShenandoahGuaranteedGCInterval ShenandoahUncommitDelay SoftMaxHeapSize SoftRefLRUPolicyMSPerMB " +
  "StringDeduplicationAgeThreshold StringTableSize SurvivorRatio TargetSurvivorRatio ThreadStackSize " +
  "Tier3CompileThreshold Tier3InvocationThreshold Tier4CompileThreshold Tier4InvocationThreshold " +
  "TieredStopAtLevel ZAllocationSpikeTolerance ZCollectionInterval ZUncommitDelay";

const XX = new Map<string, string>(NUMBERS.split(" ").map((name) => [name, NUMBER]));
const ON_OFF = new Set(SWITCHES.split(" "));

/** System properties that change neither what a broker loads nor what it writes, and their values. */
const PROPERTIES: Readonly<Record<string, string>> = {
  "file.encoding": "=[A-Za-z0-9._-]{1,40}",
  "java.awt.headless": SWITCH,
  "java.net.preferIPv4Stack": SWITCH,
  "java.net.preferIPv6Addresses": "(?:=(?:true|false|system))?",
  "jute.maxbuffer": String.raw`=\d{1,10}`,
  "sun.net.inetaddr.negative.ttl": String.raw`=-?\d{1,10}`,
  "sun.net.inetaddr.ttl": String.raw`=-?\d{1,10}`,
};

/**
 * A name of the file's own: neither Java nor Kafka nor a library beside it reads a property of one small
 * word.
 */
const OWN_NAME = /^[a-z]{1,32}$/;
const OWN_VALUE = "(?:=[A-Za-z0-9._,+-]{0,200})?";

/** Whether a flag of a compose file may reach Java on this machine. */
export function isAllowedFlag(flag: string): boolean {
  if (flag === "-server") return true;
  if (/^-X/.test(flag) && !flag.startsWith("-XX:")) return matches(`-X(?:ms|mx|mn|ss)${SIZE}`, flag);
  const [, sign, on] = /^-XX:([+-])(\w+)$/.exec(flag) ?? [];
  if (sign !== undefined) return ON_OFF.has(on!);
  const [, name, value] = /^-XX:(\w+)=(.*)$/s.exec(flag) ?? [];
  if (name !== undefined) return XX.has(name) && matches(XX.get(name)!, value!);
  const [, property, rest] = /^-D([^=]+)(.*)$/s.exec(flag) ?? [];
  if (property === undefined) return false;
  if (Object.hasOwn(PROPERTIES, property)) return matches(PROPERTIES[property]!, rest!);
  return OWN_NAME.test(property) && matches(OWN_VALUE, rest!);
}

function matches(pattern: string, text: string): boolean {
  return new RegExp(`^(?:${pattern})$`).test(text);
}
