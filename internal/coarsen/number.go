package coarsen

// arePersonal knows numbers among letters that point at somebody.
func arePersonal(tokens []token) bool {
	return isLongNumber(tokens) || isOfBirth(tokens) || isPlate(tokens)
}

// isPlate knows a vehicle's registration in two halves: AB51 XYZ.
func isPlate(tokens []token) bool {
	for i, t := range tokens[:len(tokens)-1] {
		next := tokens[i+1]
		if len(t.text) == 4 && t.digits == 2 && t.turns == 1 && isLetter(t.text[0]) && len(next.text) == 3 && next.digits == 0 {
			return true
		}
	}
	return false
}

// isSpelledOut knows s-a-r-a-h and pairs such as those of a network card
// (00-1b-44-11): four letters, or pairs of hexadecimal digits, in a row.
func isSpelledOut(tokens []token) bool {
	letters, pairs, digits := 0, 0, 0
	for _, t := range tokens {
		if letters++; len(t.text) != 1 || t.digits > 0 {
			letters = 0
		}
		if pairs++; len(t.text) != 2 || !t.hex {
			pairs, digits = 0, 0
		}
		if digits += t.digits; letters == 4 || pairs >= 4 && digits > 0 {
			return true
		}
	}
	return false
}

// isLongNumber knows numbers written in groups: telephone, NHS and account
// numbers, dates, also short ones (5-6-09). Five digits in a row of groups are too many, but for the years
// of a school or financial year (2024-25).
func isLongNumber(tokens []token) bool {
	sum, groups := 0, 0
	for i, t := range tokens {
		if t.digits < len(t.text) {
			sum, groups = 0, 0
			continue
		}
		sum, groups = sum+t.digits, groups+1
		if groups >= 3 && sum >= 4 {
			return true
		}
		if sum < 5 || groups < 2 {
			continue
		}
		alone := i < 2 || tokens[i-2].digits < len(tokens[i-2].text)
		if !alone || !followingYears(tokens[i-1].text, t.text) {
			return true
		}
	}
	return false
}

func followingYears(a, b string) bool {
	if !isYear(a) || len(b) != 2 && !isYear(b) {
		return false
	}
	return number(b)%100 == (number(a)+1)%100
}

func number(s string) int {
	n := 0
	for i := 0; i < len(s) && i < 8; i++ {
		n = n*10 + int(s[i]&15)
	}
	return n
}

// isPostcode knows the two halves of a postcode in a row: LS1 4AP. Written as
// one they turn too often to be a word, or end as a postcode does.
func isPostcode(tokens []token) bool {
	if isOutAndInward(tokens[0].text) {
		return true
	}
	return len(tokens) > 1 && isOutward(tokens[0].text) && isInward(tokens[1].text)
}

func isOutAndInward(s string) bool {
	return len(s) >= 5 && isInward(s[len(s)-3:]) && isOutward(s[:len(s)-3])
}

func isOutward(s string) bool {
	n := len(s)
	if n < 2 || n > 4 || !isLetter(s[0]) {
		return false
	}
	rest := s[1:]
	if isLetter(rest[0]) {
		rest = rest[1:]
	}
	switch len(rest) {
	case 1:
		return isDigit(rest[0])
	case 2:
		return isDigit(rest[0]) && (isDigit(rest[1]) || isLetter(rest[1]))
	}
	return false
}

func isInward(s string) bool {
	return len(s) == 3 && isDigit(s[0]) && isLetter(s[1]) && isLetter(s[2])
}

// isDate knows a month's name and two numbers in a row, in any order. A month
// and a year are a newsletter's.
func isDate(tokens []token) bool {
	if len(tokens) < 3 {
		return false
	}
	month, numbers := false, 0
	for _, t := range tokens[:3] {
		word := t.low
		switch {
		case months[word]:
			month = true
		case t.digits > 0 && (t.digits == len(t.text) || isOrdinal(word[t.digits:])):
			numbers++
		}
	}
	return month && numbers == 2
}

func isOrdinal(s string) bool { return s == "st" || s == "nd" || s == "rd" || s == "th" }
