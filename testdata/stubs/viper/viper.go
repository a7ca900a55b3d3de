// Package viper stands for the real one in the scanner's tests.
package viper

func SetDefault(key string, value any) {}

func GetString(key string) string { return "" }
