//! Merge keys: `<<: *defaults` takes in the keys of another group, as YAML 1.1 has it
//! (<https://yaml.org/type/merge.html>). The parser hands `<<` on as a key like any other.

use super::Value;

/// The key that takes in others.
pub(super) const KEY: &str = "<<";

/// The entries with every `<<` at any depth replaced by the keys it takes in. A key of the group's own wins over one that
/// is taken in, and an earlier one of several groups over a later.
///
/// The error says what stands where a group of keys should. The depth of a value is bounded by the parser.
pub(super) fn merged(entries: Vec<(String, Value)>) -> Result<Vec<(String, Value)>, &'static str> {
    let mut whole: Vec<(String, Value)> = Vec::with_capacity(entries.len());
    let mut taken_in: Vec<(String, Value)> = Vec::new();
    for (key, value) in entries {
        let value = merged_value(value)?;
        match value {
            Value::Map(others) if key == KEY => taken_in.extend(others),
            Value::List(groups) if key == KEY => {
                for group in groups {
                    let Value::Map(others) = group else { return Err(group.noun()) };
                    taken_in.extend(others);
                }
            }
            other if key == KEY => return Err(other.noun()),
            value => whole.push((key, value)),
        }
    }
    for (key, value) in taken_in {
        if !whole.iter().any(|(own, _)| *own == key) {
            whole.push((key, value));
        }
    }
    Ok(whole)
}

fn merged_value(value: Value) -> Result<Value, &'static str> {
    Ok(match value {
        Value::Map(entries) => Value::Map(merged(entries)?),
        Value::List(items) => Value::List(items.into_iter().map(merged_value).collect::<Result<_, _>>()?),
        other => other,
    })
}
