// Package otlptranslator has the signatures of the real one and none of its code.
package otlptranslator

type TranslationStrategyOption string

var (
	NoUTF8EscapingWithSuffixes        TranslationStrategyOption = "NoUTF8EscapingWithSuffixes"
	UnderscoreEscapingWithSuffixes    TranslationStrategyOption = "UnderscoreEscapingWithSuffixes"
	UnderscoreEscapingWithoutSuffixes TranslationStrategyOption = "UnderscoreEscapingWithoutSuffixes"
	NoTranslation                     TranslationStrategyOption = "NoTranslation"
)
