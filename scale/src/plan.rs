//! What the engine is to do: read, leave out, spread by user, sort by time. Nothing in it is of our own making, so that an
//! executor needs to know nothing of records.

use std::sync::Arc;

use datafusion::arrow::compute::SortOptions;
use datafusion::arrow::datatypes::Schema;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{Expr, col, lit};
use datafusion::physical_expr::expressions::col as column;
use datafusion::physical_expr::{LexOrdering, Partitioning, PhysicalSortExpr};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::repartition::RepartitionExec;
use datafusion::physical_plan::sorts::sort::SortExec;
use datafusion::prelude::{ParquetReadOptions, SessionContext};
use datafusion::scalar::ScalarValue;

use crate::columns;
use crate::shards::{Narrowed, Shards};
use crate::trouble::Trouble;

/// By what each partition is sorted. Records that are alike in all columns stand beside each other then, unless one of the
/// same identifier, time and export that is not alike comes between; detectors leave that one out themselves.
const ORDER: [&str; 3] = ["time", "id", "format"];
/// What partitions are made by.
const BY: &str = "user";

/// The plan of a pass, with one partition of the output for each part.
///
/// # Errors
/// When the engine cannot make one.
pub(crate) async fn plan(
    context: &SessionContext,
    shards: &Shards,
    narrowed: &Narrowed,
    parts: usize,
) -> Result<Arc<dyn ExecutionPlan>, Trouble> {
    let schema = columns::read(shards.copies);
    // Files are recognised by what is in them; what they are called is nobody's business.
    let options = ParquetReadOptions::default().file_extension("").schema(&schema).skip_metadata(true);
    let mut frame = context.read_parquet(shards.urls()?, options).await?;
    if let Some(wanted) = wanted(narrowed) {
        frame = frame.filter(wanted)?;
    }
    let scan = frame.create_physical_plan().await?;
    let schema = scan.schema();
    let spread = Partitioning::Hash(vec![column(BY, &schema)?], parts);
    let spread = Arc::new(RepartitionExec::try_new(scan, spread)?);
    let sorted = SortExec::new(order(&schema)?, spread).with_preserve_partitioning(true);
    Ok(Arc::new(sorted))
}

fn order(schema: &Schema) -> Result<LexOrdering, DataFusionError> {
    let options = SortOptions { descending: false, nulls_first: false };
    let by = |name: &&str| Ok(PhysicalSortExpr { expr: column(name, schema)?, options });
    let by: Result<Vec<_>, DataFusionError> = ORDER.iter().map(by).collect();
    LexOrdering::new(by?).ok_or_else(|| DataFusionError::Internal("nothing to sort by".to_owned()))
}

/// Which records are wanted; all of them where nothing is narrowed.
fn wanted(narrowed: &Narrowed) -> Option<Expr> {
    let time = |micros| lit(ScalarValue::TimestampMicrosecond(Some(micros), Some(Arc::from("UTC"))));
    let since = narrowed.since.map(|since| col("time").gt_eq(time(since)));
    let until = narrowed.until.map(|until| col("time").lt_eq(time(until)));
    let about = |user: &String| col("target_user").ilike(lit(pattern(user)));
    let users = narrowed.users.iter().map(|user| is(col("user"), user).or(about(user)));
    // An event of a server of ours has its user within; what cannot be told apart stays.
    let users = users.reduce(Expr::or).map(|users| users.or(col("kind").eq(lit("own"))));
    [since, until, users].into_iter().flatten().reduce(Expr::and)
}

/// Whether a column of names in small letters is as one has it, in which `*` stands for anything.
fn is(name: Expr, wanted: &str) -> Expr {
    if wanted.contains('*') { name.like(lit(pattern(wanted))) } else { name.eq(lit(wanted)) }
}

/// A name in which `*` stands for anything, in the words of the engine.
fn pattern(wanted: &str) -> String {
    let mut pattern = String::new();
    for letter in wanted.chars() {
        match letter {
            '*' => pattern.push('%'),
            '%' | '_' | '\\' => pattern.extend(['\\', letter]),
            _ => pattern.push(letter),
        }
    }
    pattern
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{ArrayRef, AsArray, Int32Array, RecordBatch, StringArray};
    use datafusion::arrow::datatypes::Int32Type;

    use super::*;

    #[test]
    fn a_name_is_a_name_and_a_star_is_anything() {
        assert_eq!(is(col("user"), "a_b@c.example"), col("user").eq(lit("a_b@c.example")));
        assert_eq!(is(col("user"), "50%_\\*@*"), col("user").like(lit("50\\%\\_\\\\%@%")));
        assert_eq!(wanted(&Narrowed::default()), None);
    }

    #[tokio::test]
    async fn records_of_a_user_stay_and_those_about_them_in_whichever_letters() {
        // Who, about whom, and what: only names of those who act are in small letters.
        let rows = [
            (Some("a_b@c.example"), None, "sign_in"),
            (Some("admin@c.example"), Some("A_B@c.Example"), "act"),
            (Some("axb@c.example"), Some("AXB@c.example"), "act"),
            (Some("älice@c.example"), None, "sign_in"),
            (None, Some("ÄLICE@c.example"), "act"),
            (None, None, "sign_in"),
            (None, None, "own"),
        ];
        let columns: [(&str, ArrayRef); 4] = [
            ("row", Arc::new(Int32Array::from_iter_values(0..7))),
            ("user", Arc::new(StringArray::from_iter(rows.iter().map(|row| row.0)))),
            ("target_user", Arc::new(StringArray::from_iter(rows.iter().map(|row| row.1)))),
            ("kind", Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.2)))),
        ];
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        for (users, left) in [
            (&["a_b@c.example"][..], &[0, 1, 6][..]),
            (&["älice@*"], &[3, 4, 6]),
            (&["a_*", "nobody"], &[0, 1, 6]),
            (&["a*b@c.example", "älice@c.example"], &[0, 1, 2, 3, 4, 6]),
            (&["nobody"], &[6]),
        ] {
            let users = users.iter().map(|user| (*user).to_owned()).collect();
            let wanted = wanted(&Narrowed { users, ..Narrowed::default() }).unwrap();
            let frame = SessionContext::new().read_batch(batch.clone()).unwrap().filter(wanted).unwrap();
            let all = frame.collect().await.unwrap();
            let rows = all.iter().flat_map(|batch| batch.column(0).as_primitive::<Int32Type>().values());
            assert_eq!(rows.copied().collect::<Vec<_>>(), left);
        }
    }
}
