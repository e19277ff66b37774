package lab;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An order on standard input: a JSON object without objects in it.
 *
 * <pre>{ "id": 1, "do": "commit" }</pre>
 */
final class Order {
  private final Map<String, Object> fields;

  private Order(Map<String, Object> fields) {
    this.fields = fields;
  }

  long id() {
    return fields.get("id") instanceof Double id ? id.longValue() : -1;
  }

  String what() {
    return fields.get("do") instanceof String what ? what : "";
  }

  /** A field that is a number; another value where there is none. */
  double number(String name, double otherwise) {
    return fields.get(name) instanceof Double value ? value : otherwise;
  }

  /** Says that it was done, or why not. */
  void answer(String error) {
    answered().maybe("error", error).print();
  }

  /** The answer that it was done, to be printed. */
  Line answered() {
    return new Line("answer").with("id", id());
  }

  /**
   * @throws IllegalArgumentException where the text is no such object
   */
  static Order read(String text) {
    Reader reader = new Reader(text);
    Order order = new Order(reader.object());
    reader.expectEnd();
    return order;
  }

  private static final class Reader {
    private final String text;
    private int at = 0;

    Reader(String text) {
      this.text = text;
    }

    Map<String, Object> object() {
      Map<String, Object> fields = new LinkedHashMap<>();
      expect('{');
      if (takes('}')) return fields;
      do {
        String name = string();
        expect(':');
        fields.put(name, value());
      } while (takes(','));
      expect('}');
      return fields;
    }

    private Object value() {
      skipSpace();
      if (at < text.length() && text.charAt(at) == '"') return string();
      int start = at;
      while (at < text.length() && "+-.0123456789Eaeflnrstu".indexOf(text.charAt(at)) >= 0) at++;
      String word = text.substring(start, at);
      switch (word) {
        case "true":
          return true;
        case "false":
          return false;
        case "null":
          return null;
        default:
          return Double.valueOf(word);
      }
    }

    private String string() {
      expect('"');
      StringBuilder value = new StringBuilder();
      for (;;) {
        char one = next();
        if (one == '"') return value.toString();
        value.append(one == '\\' ? escaped() : one);
      }
    }

    private char escaped() {
      char one = next();
      switch (one) {
        case 'b':
          return '\b';
        case 'f':
          return '\f';
        case 'n':
          return '\n';
        case 'r':
          return '\r';
        case 't':
          return '\t';
        case 'u':
          at += 4;
          if (at > text.length()) throw wrong();
          return (char) Integer.parseInt(text.substring(at - 4, at), 16);
        default:
          return one;
      }
    }

    private char next() {
      if (at >= text.length()) throw wrong();
      return text.charAt(at++);
    }

    private boolean takes(char one) {
      skipSpace();
      if (at >= text.length() || text.charAt(at) != one) return false;
      at++;
      return true;
    }

    private void expect(char one) {
      if (!takes(one)) throw wrong();
    }

    void expectEnd() {
      skipSpace();
      if (at < text.length()) throw wrong();
    }

    private void skipSpace() {
      while (at < text.length() && text.charAt(at) <= ' ') at++;
    }

    private IllegalArgumentException wrong() {
      return new IllegalArgumentException("no order at character " + at + ": " + text);
    }
  }
}
