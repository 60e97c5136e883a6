// What the engine asks of ICU: numbers, dates, order, words.
console.log(new Intl.NumberFormat('de-DE', { style: 'currency', currency: 'EUR' }).format(1234567.891));
console.log(new Date(0).toLocaleDateString('fr', { timeZone: 'Asia/Tokyo', dateStyle: 'full' }));
console.log(['ä', 'a', 'z'].sort(new Intl.Collator('sv').compare).join());
console.log(new Intl.PluralRules('ru').select(3), new Intl.ListFormat('en').format(['a', 'b', 'c']));
console.log([...new Intl.Segmenter('th', { granularity: 'word' }).segment('สวัสดีครับ')].length);
console.log(new Intl.RelativeTimeFormat('fr').format(-3, 'day'), new Intl.DisplayNames('en', { type: 'region' }).of('JP'));
