"""States, what their people and governments are called, and bodies that speak for them.

A capital stands for a government only where it speaks ("Berlin says"); the rules that ask decide that.
"""

from __future__ import annotations

_STATES = """
Afghanistan|Afghan Afghans|Kabul;Albania|Albanian Albanians|Tirana;Algeria|Algerian Algerians|Algiers
Angola|Angolan Angolans|Luanda;Argentina|Argentine Argentinian Argentines|Buenos_Aires;Armenia|Armenian Armenians|Yerevan
Australia|Australian Australians|Canberra;Austria|Austrian Austrians|Vienna;Azerbaijan|Azerbaijani Azeri Azerbaijanis|Baku
Bahrain|Bahraini Bahrainis|Manama;Bangladesh|Bangladeshi Bangladeshis|Dhaka;Belarus|Belarusian Belarusians Belorussian|Minsk
Belgium|Belgian Belgians|;Benin|Beninese|Cotonou;Bhutan|Bhutanese|Thimphu;Bolivia|Bolivian Bolivians|La_Paz
Bosnia and Herzegovina|Bosnian Bosnians Bosnia|Sarajevo;Botswana|Motswana Batswana|Gaborone
Brazil|Brazilian Brazilians|Brasilia Brasília;Bulgaria|Bulgarian Bulgarians|Sofia
Burkina Faso|Burkinabe Burkinabé|Ouagadougou;Burundi|Burundian Burundians|Bujumbura Gitega
Cambodia|Cambodian Cambodians|Phnom_Penh;Cameroon|Cameroonian Cameroonians|Yaounde Yaoundé;Canada|Canadian Canadians|Ottawa
Central African Republic||Bangui;Chad|Chadian Chadians|N'Djamena;Chile|Chilean Chileans|Santiago
China|Chinese|Beijing Peking;Colombia|Colombian Colombians|Bogota Bogotá;Costa Rica|Costa_Rican|
Croatia|Croatian Croatians Croat|Zagreb;Cuba|Cuban Cubans|Havana;Cyprus|Cypriot Cypriots|Nicosia
Czech Republic|Czech Czechs Czechia|Prague
DR Congo|Congolese DRC Democratic_Republic_of_Congo Democratic_Republic_of_the_Congo|Kinshasa
Denmark|Danish Danes Dane|Copenhagen;Djibouti|Djiboutian|;Dominican Republic||Santo_Domingo
Ecuador|Ecuadorian Ecuadorean|Quito;Egypt|Egyptian Egyptians|Cairo;El Salvador|Salvadoran Salvadorean|
Eritrea|Eritrean Eritreans|Asmara;Estonia|Estonian Estonians|Tallinn;Ethiopia|Ethiopian Ethiopians|Addis_Ababa
Finland|Finnish Finns Finn|Helsinki;France|French Frenchman|Paris Élysée Elysee Elysée;Gabon|Gabonese|Libreville
Gambia|Gambian Gambians|Banjul;Georgia|Georgian Georgians|Tbilisi;Germany|German Germans|Berlin
Ghana|Ghanaian Ghanaians|Accra;Greece|Greek Greeks|Athens;Guatemala|Guatemalan Guatemalans|;Guinea|Guinean Guineans|Conakry
Guyana|Guyanese|;Haiti|Haitian Haitians|Port-au-Prince;Honduras|Honduran Hondurans|Tegucigalpa
Hungary|Hungarian Hungarians|Budapest;Iceland|Icelandic Icelanders|Reykjavik;India|Indian Indians|New_Delhi Delhi
Indonesia|Indonesian Indonesians|Jakarta;Iran|Iranian Iranians|Tehran Teheran;Iraq|Iraqi Iraqis|Baghdad;Ireland|Irish|Dublin
Israel|Israeli Israelis|Jerusalem Tel_Aviv;Italy|Italian Italians|Rome;Ivory Coast|Ivorian Ivorians|Abidjan
Jamaica|Jamaican Jamaicans|;Japan|Japanese|Tokyo;Jordan|Jordanian Jordanians|Amman;Kazakhstan|Kazakh Kazakhs|Astana
Kenya|Kenyan Kenyans|Nairobi;Kosovo|Kosovar Kosovars|Pristina;Kuwait|Kuwaiti Kuwaitis|;Kyrgyzstan|Kyrgyz|Bishkek
Laos|Laotian Lao|Vientiane;Latvia|Latvian Latvians|Riga;Lebanon|Lebanese|Beirut;Liberia|Liberian Liberians|Monrovia
Libya|Libyan Libyans|Tripoli;Lithuania|Lithuanian Lithuanians|Vilnius;Luxembourg|Luxembourgish|
Madagascar|Malagasy|Antananarivo;Malawi|Malawian Malawians|Lilongwe;Malaysia|Malaysian Malaysians|Kuala_Lumpur
Mali|Malian Malians|Bamako;Malta|Maltese|Valletta;Mauritania|Mauritanian Mauritanians|Nouakchott
Mexico|Mexican Mexicans|Mexico_City;Moldova|Moldovan Moldovans|Chisinau;Mongolia|Mongolian Mongolians|Ulaanbaatar
Montenegro|Montenegrin Montenegrins|Podgorica;Morocco|Moroccan Moroccans|Rabat;Mozambique|Mozambican Mozambicans|Maputo
Myanmar|Burmese Burma|Naypyidaw Naypyitaw;Namibia|Namibian Namibians|Windhoek;Nepal|Nepali Nepalese|Kathmandu
Netherlands|Dutch Dutchman|The_Hague Amsterdam;New Zealand|New_Zealander New_Zealanders|
Nicaragua|Nicaraguan Nicaraguans|Managua;Niger|Nigerien Nigeriens|Niamey;Nigeria|Nigerian Nigerians|Abuja
North Korea|North_Korean North_Koreans DPRK|Pyongyang;North Macedonia|Macedonian|Skopje;Norway|Norwegian Norwegians|Oslo
Oman|Omani Omanis|Muscat;Pakistan|Pakistani Pakistanis|Islamabad;Panama|Panamanian Panamanians|
Paraguay|Paraguayan Paraguayans|Asuncion Asunción;Peru|Peruvian Peruvians|Lima
Philippines|Philippine Filipino Filipinos|Manila;Poland|Polish Pole Poles|Warsaw;Portugal|Portuguese|Lisbon
Qatar|Qatari Qataris|Doha;Republic of the Congo||Brazzaville;Romania|Romanian Romanians|Bucharest
Russia|Russian Russians Russian_Federation|Moscow;Rwanda|Rwandan Rwandans|Kigali;Saudi Arabia|Saudi Saudis|Riyadh
Senegal|Senegalese|Dakar;Serbia|Serbian Serbians Serbs|Belgrade;Sierra Leone|Sierra_Leonean|Freetown
Singapore|Singaporean Singaporeans|;Slovakia|Slovak Slovaks Slovakian|Bratislava
Slovenia|Slovenian Slovene Slovenes|Ljubljana;Somalia|Somali Somalis|Mogadishu
South Africa|South_African South_Africans|Pretoria;South Korea|South_Korean South_Koreans|Seoul
South Sudan|South_Sudanese|Juba;Spain|Spanish Spaniard Spaniards|Madrid;Sri Lanka|Sri_Lankan Sri_Lankans|Colombo
Sudan|Sudanese|Khartoum;Sweden|Swedish Swede Swedes|Stockholm;Switzerland|Swiss|Bern Berne;Syria|Syrian Syrians|Damascus
Taiwan|Taiwanese|Taipei;Tajikistan|Tajik Tajiks|Dushanbe;Tanzania|Tanzanian Tanzanians|Dodoma;Thailand|Thai Thais|Bangkok
Togo|Togolese|Lome Lomé;Tunisia|Tunisian Tunisians|Tunis;Turkey|Turkish Turk Turks Türkiye|Ankara
Turkmenistan|Turkmen|Ashgabat;Uganda|Ugandan Ugandans|Kampala;Ukraine|Ukrainian Ukrainians|Kyiv Kiev
United Arab Emirates|Emirati Emiratis UAE|Abu_Dhabi
United Kingdom|British Briton Britons Britain UK U.K. Great_Britain|London Downing_Street Whitehall
United States|American Americans America US U.S. USA U.S.A.|Washington;Uruguay|Uruguayan Uruguayans|Montevideo
Uzbekistan|Uzbek Uzbeks|Tashkent;Vatican|Vatican Holy_See|;Venezuela|Venezuelan Venezuelans|Caracas;Vietnam|Vietnamese|Hanoi
Yemen|Yemeni Yemenis|Sanaa Sana'a;Zambia|Zambian Zambians|Lusaka;Zimbabwe|Zimbabwean Zimbabweans|Harare
Latin America|Latin_American South_America South_American Central_America Central_American North_America|
Equatorial Guinea||;Papua New Guinea||;New Mexico||;New England||
Europe|European Europeans|
European Union|EU E.U. European_Commission|Brussels;United Nations|UN U.N.|;NATO|Nato North_Atlantic_Treaty_Organization|
African Union|AU|;World Health Organization|WHO|;International Atomic Energy Agency|IAEA|;International Monetary Fund|IMF|
World Bank||;World Trade Organization|WTO|;Hamas||;Hezbollah|Hizbollah Hezbullah|;Houthis|Houthi|;Taliban||
Palestinian Authority|Palestinian|Ramallah
"""

_BODIES = {
    "United States": "Pentagon|White House|State Department|Capitol|Congress|House of Representatives|Federal Reserve"
    "|Treasury Department|CIA|FBI|FDA|USDA|CENTCOM|Centcom|Central Command"
    "|National Security Council|USAID|Supreme Court|Oval Office|Justice Department",
    "Russia": "Kremlin|State Duma|Duma|FSB|Federation Council|TASS|RIA Novosti",
    "United Kingdom": "Foreign Office|House of Commons|House of Lords|Westminster|MoD|Bank of England",
    "Germany": "Bundeswehr|Bundestag|Bundesrat|Chancellery|Bundesbank",
    "France": "Quai d'Orsay|Élysée Palace|Elysee Palace|National Assembly|Matignon",
    "Ukraine": "Verkhovna Rada|SBU|HUR|GUR|General Staff",
    "Israel": "Knesset|IDF|Shin Bet|Mossad|Israel Defense Forces",
    "South Korea": "Blue House|NIS|National Intelligence Service|Joint Chiefs of Staff",
    "North Korea": "KCNA",
    "China": "Xinhua|Politburo|State Council|Zhongnanhai",
    "Poland": "Sejm",
    "Lithuania": "Seimas",
    "Latvia": "Saeima",
    "Estonia": "Riigikogu",
    "Finland": "Eduskunta",
    "Sweden": "Riksdag",
    "Norway": "Storting",
    "Denmark": "Folketing",
    "Iran": "Majlis|Revolutionary Guards|IRGC",
    "Turkey": "AFAD|Grand National Assembly",
    "United Nations": "Security Council|General Assembly|UNICEF|UNHCR|World Food Programme|World Food Program|WFP|OCHA|UNRWA"
    "|UNESCO",
    "European Union": "European Council|European Parliament|Eurostat|European Central Bank",
}


def _states() -> tuple[dict[str, str], dict[str, str]]:
    names: dict[str, str] = {}
    capitals: dict[str, str] = {}
    for line in _STATES.replace("\n", ";").split(";"):
        if line:
            name, people, seats = line.split("|")
            names[name.casefold()] = name
            names.update({form.replace("_", " ").casefold(): name for form in people.split()})
            capitals.update({seat.replace("_", " ").casefold(): name for seat in seats.split()})
    return names, capitals


STATES, CAPITALS = _states()
"""Case-folded names of states, organisations of states and their people, and seats of government, to the canonical name."""
BODIES = {body.casefold(): state for state, listed in _BODIES.items() for body in listed.split("|")}
"""Case-folded names of bodies that everyone knows, to the state or organisation that they are part of."""
KNOWN = CAPITALS | BODIES | STATES
LONGEST = max(len(name.split()) for name in KNOWN)
_PRONOUNS = {"us", "who", "au"}  # acronyms that are other words in small letters


_ADJECTIVES = ("an", "ish", "ese", "i", "ch", "ss", "iot", "ek", "ai", "ic", "ak")
DEMONYMS = frozenset(name for name, state in STATES.items() if name != state.casefold() and name.endswith(_ADJECTIVES))
"""Case-folded words for a state's people, which are adjectives too: "Polish"."""


def known_at(words: list[str], start: int) -> tuple[int, str] | None:
    """The longest known name that begins at that word: its size and the state. Case counts for "US", "WHO"."""
    if not words[start][:1].isupper():
        return None
    for size in range(min(LONGEST, len(words) - start), 0, -1):
        joined = " ".join(words[start : start + size])
        folded = joined.casefold().removesuffix("'s").removesuffix("’s")
        if folded in KNOWN and (folded not in _PRONOUNS or joined.isupper()) and joined[0].isupper():
            return size, KNOWN[folded]
    return None


def states_in(words: list[str]) -> list[str]:
    """The states that the words name, first first, each once."""
    found: list[str] = []
    position = 0
    while position < len(words):
        hit = known_at(words, position)
        if hit and hit[1] not in found:
            found.append(hit[1])
        position += hit[0] if hit else 1
    return found
