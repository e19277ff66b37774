// Asks the ConfigDefs in Kafka's jars: `table` writes every definition, `ask` parses values as Kafka does.
//
//     java -cp JARS ConfigDefs.java table
//     java -cp JARS ConfigDefs.java ask < "kind TAB name TAB value" a line, the value in base64

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

public class ConfigDefs {
  static final Map<String, String> CLASSES = new LinkedHashMap<>();

  static {
    CLASSES.put("broker", "org.apache.kafka.server.config.AbstractKafkaConfig");
    CLASSES.put("topic", "org.apache.kafka.storage.internals.log.LogConfig");
    CLASSES.put("producer", "org.apache.kafka.clients.producer.ProducerConfig");
    CLASSES.put("consumer", "org.apache.kafka.clients.consumer.ConsumerConfig");
    CLASSES.put("admin", "org.apache.kafka.clients.admin.AdminClientConfig");
    CLASSES.put("connect", "org.apache.kafka.connect.runtime.distributed.DistributedConfig");
    CLASSES.put("standalone", "org.apache.kafka.connect.runtime.standalone.StandaloneConfig");
    CLASSES.put("sink", "org.apache.kafka.connect.runtime.SinkConnectorConfig");
    CLASSES.put("source", "org.apache.kafka.connect.runtime.SourceConnectorConfig");
    CLASSES.put("streams", "org.apache.kafka.streams.StreamsConfig");
  }

  public static void main(String[] arguments) throws Exception {
    if (arguments.length == 1 && arguments[0].equals("table")) table();
    else if (arguments.length == 1 && arguments[0].equals("ask")) ask();
    else throw new IllegalArgumentException("expected table or ask");
  }

  /** The kinds whose jars are there: a broker's do without Connect's and Streams'. */
  static List<String> known() {
    List<String> kinds = new ArrayList<>();
    for (Map.Entry<String, String> entry : CLASSES.entrySet())
      try {
        Class.forName(entry.getValue(), false, ConfigDefs.class.getClassLoader());
        kinds.add(entry.getKey());
      } catch (ClassNotFoundException absent) {
        continue;
      }
    return kinds;
  }

  static ConfigDef definitionsOf(String kind) throws Exception {
    Class<?> type = Class.forName(CLASSES.get(kind));
    for (String name : List.of("configDef", "configDefCopy"))
      try {
        Method method = type.getDeclaredMethod(name);
        method.setAccessible(true);
        return (ConfigDef) method.invoke(null);
      } catch (NoSuchMethodException absent) {
        continue;
      }
    for (String name : List.of("CONFIG_DEF", "CONFIG"))
      try {
        Field field = type.getDeclaredField(name);
        if (field.getType() != ConfigDef.class) continue;
        field.setAccessible(true);
        return (ConfigDef) field.get(null);
      } catch (NoSuchFieldException absent) {
        continue;
      }
    // Connect's makes its own for the algorithms that this Java has
    Class<?> crypto = Class.forName("org.apache.kafka.connect.runtime.distributed.Crypto");
    Method method = type.getDeclaredMethod("config", crypto);
    method.setAccessible(true);
    return (ConfigDef) method.invoke(null, crypto.getField("SYSTEM").get(null));
  }

  /** One JSON object a line: kind, name, type, default, and what the validator says of itself. */
  static void table() throws Exception {
    for (String kind : known())
      for (ConfigDef.ConfigKey key : new TreeMap<>(definitionsOf(kind).configKeys()).values()) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("kind", kind);
        row.put("name", key.name);
        row.put("type", key.type.name());
        if (key.hasDefault() && key.defaultValue != null)
          row.put("default", ConfigDef.convertToString(key.defaultValue, key.type));
        if (key.validator != null) {
          row.put("validator", key.validator.getClass().getName().replaceAll("^.*[.](?=[A-Z])", ""));
          row.put("says", key.validator.toString());
          for (String name : List.of("min", "max", "validStrings", "isEmptyAllowed"))
            fact(row, key.validator, name);
          Object inner = field(key.validator, "validString");
          if (inner != null) fact(row, inner, "validStrings");
        }
        System.out.println(json(row));
      }
  }

  static void fact(Map<String, Object> row, Object of, String name) throws Exception {
    Object value = field(of, name);
    if (value instanceof Collection<?> || value instanceof Boolean) row.put(name, value);
    else if (value != null) row.put(name, value.toString());
  }

  static Object field(Object of, String name) throws Exception {
    try {
      Field field = of.getClass().getDeclaredField(name);
      field.setAccessible(true);
      return field.get(of);
    } catch (NoSuchFieldException absent) {
      return null;
    }
  }

  /** Answers each line with an empty one where the value is taken, else with the reason in base64. */
  static void ask() throws Exception {
    Map<String, ConfigDef> all = new LinkedHashMap<>();
    for (String kind : known()) all.put(kind, definitionsOf(kind));
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    StringBuilder out = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] parts = line.split("\t", -1);
      String value = new String(Base64.getDecoder().decode(parts[2]), StandardCharsets.UTF_8);
      String reason = reasonOf(all.get(parts[0]), parts[1], value);
      if (reason != null)
        out.append(Base64.getEncoder().encodeToString(reason.getBytes(StandardCharsets.UTF_8)));
      out.append('\n');
    }
    System.out.print(out);
  }

  static String reasonOf(ConfigDef definitions, String name, String value) throws Exception {
    ConfigDef.ConfigKey key = definitions.configKeys().get(name);
    if (key == null) return null;
    try {
      Object parsed = ConfigDef.parseType(name, value, key.type);
      if (key.validator != null) key.validator.ensureValid(name, parsed);
      return null;
    } catch (ConfigException | IllegalArgumentException refused) {
      return refused.getMessage();
    }
  }

  static String json(Object value) {
    if (value instanceof Map<?, ?> map) {
      List<String> parts = new ArrayList<>();
      for (Map.Entry<?, ?> entry : map.entrySet())
        parts.add(json(entry.getKey()) + ":" + json(entry.getValue()));
      return "{" + String.join(",", parts) + "}";
    }
    if (value instanceof Collection<?> list) {
      List<String> parts = new ArrayList<>();
      for (Object one : list) parts.add(json(one));
      return "[" + String.join(",", parts) + "]";
    }
    if (value instanceof Boolean) return value.toString();
    StringBuilder text = new StringBuilder("\"");
    for (char one : String.valueOf(value).toCharArray())
      if (one == '"' || one == '\\') text.append('\\').append(one);
      else if (one < 0x20 || one > 0x7e) text.append(String.format("\\u%04x", (int) one));
      else text.append(one);
    return text.append('"').toString();
  }
}
